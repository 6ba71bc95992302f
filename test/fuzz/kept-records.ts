import { systemClock } from '../../src/base/clock.js'
import { Peer } from '../../src/net/peer.js'
import { PeerError } from '../../src/net/peer-error.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { CreateTopics } from '../../src/protocol/messages/create-topics.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { batchesIn } from '../../src/records/batch.js'
import { buildBatch } from '../../src/records/builder.js'
import type { TestCluster } from '../support/cluster.js'
import { exempt } from './exempt.js'

const TOPIC = 'kept'
const CLIENT_ID = 'keeper'
const PAUSE_MS = 20
/** In which a cluster is itself again, on a machine that has other things to do. */
const RECOVERY_MS_MAX = 60_000
const CALL_MS_MAX = 5000

/** Produces record after record with acks=all to a topic of three replicas, and knows which were acknowledged, and where. */
export class KeptRecords {
  readonly #acknowledged = new Map<number, string>()
  #sent = 0
  #isEnding = false
  readonly #producing: Promise<void>

  private constructor(readonly cluster: TestCluster) {
    this.#producing = this.#produceOn()
  }

  static async begin(cluster: TestCluster): Promise<KeptRecords> {
    const configs = [{ name: 'min.insync.replicas', value: '2' }]
    const topics = [{ name: TOPIC, numPartitions: 1, replicationFactor: 3, assignments: [], configs }]
    await asked(cluster, 0, (peer) => exempt(peer, CLIENT_ID))
    for (;;) {
      const answer = await asked(cluster, 0, (peer) => peer.call(CreateTopics, 7, { topics }))
      const error = answer?.topics[0]?.errorCode
      if (error === ErrorCode.NONE || error === ErrorCode.TOPIC_ALREADY_EXISTS) return new KeptRecords(cluster)
    }
  }

  /** Whether more records are acknowledged, soon. */
  async goesOn(): Promise<boolean> {
    const before = this.#acknowledged.size
    const endMs = systemClock.monotonicMs() + RECOVERY_MS_MAX
    while (this.#acknowledged.size < before + 3) {
      if (systemClock.monotonicMs() > endMs) return false
      await pause()
    }
    return true
  }

  /** Reads everything back. Returns how many had been acknowledged. */
  async end(fail: (what: string) => void): Promise<number> {
    this.#isEnding = true
    await this.#producing
    const found = await this.#readAll()
    if (found === null) fail('what was acknowledged cannot be read')
    else
      for (const [offset, value] of this.#acknowledged)
        if (found.get(offset) !== value) fail(`${value} was acknowledged at ${offset}, where ${found.get(offset)} is`)
    return this.#acknowledged.size
  }

  async #produceOn(): Promise<void> {
    while (!this.#isEnding) {
      await this.#produceOne()
      await pause()
    }
  }

  async #produceOne(): Promise<void> {
    const value = `record ${this.#sent++}`
    const timestamp = systemClock.now()
    const records = buildBatch({ records: [{ timestamp, key: null, value: Buffer.from(value) }] })
    const topicData = [{ name: TOPIC, partitionData: [{ index: 0, records }] }]
    const request = { transactionalId: null, acks: -1, timeoutMs: CALL_MS_MAX, topicData }
    const answer = await this.#askLeader((peer) => peer.call(Produce, 9, request, { timeoutMs: 2 * CALL_MS_MAX }))
    const { errorCode = -1, baseOffset = -1 } = answer?.responses[0]?.partitionResponses[0] ?? {}
    if (errorCode === ErrorCode.NONE) this.#acknowledged.set(baseOffset, value)
  }

  async #readAll(): Promise<Map<number, string> | null> {
    const found = new Map<number, string>()
    const last = Math.max(...this.#acknowledged.keys())
    const endMs = systemClock.monotonicMs() + RECOVERY_MS_MAX
    for (let offset = 0; offset <= last; ) {
      if (systemClock.monotonicMs() > endMs) return null
      const partitions = [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 1_000_000 }]
      const request = { maxWaitMs: 100, minBytes: 1, topics: [{ topic: TOPIC, partitions }], forgottenTopicsData: [] }
      const answer = await this.#askLeader((peer) => peer.call(Fetch, 12, request, { timeoutMs: CALL_MS_MAX }))
      const { records = null } = answer?.responses[0]?.partitions[0] ?? {}
      for (const batch of records === null ? [] : batchesIn(records)) {
        for (const record of batch.records()) found.set(record.offset, String(record.value))
        offset = batch.nextOffset
      }
      if (records === null) await pause()
    }
    return found
  }

  /** Null where nobody is known to lead, or whoever does is gone. */
  async #askLeader<T>(ask: (peer: Peer) => Promise<T>): Promise<T | null> {
    for (let id = 0; id < this.cluster.ports.length; id++) {
      const topics = [{ name: TOPIC }]
      const request = { topics, allowAutoTopicCreation: false, includeTopicAuthorizedOperations: false }
      const answer = await asked(this.cluster, id, (peer) =>
        peer.call(Metadata, 9, request, { timeoutMs: CALL_MS_MAX }),
      )
      const leader = answer?.topics[0]?.partitions[0]?.leaderId ?? -1
      if (leader >= 0) return await asked(this.cluster, leader, ask)
    }
    return null
  }
}

/** On a connection of its own, so that none is stale; null where it fails. */
async function asked<T>(cluster: TestCluster, id: number, ask: (peer: Peer) => Promise<T>): Promise<T | null> {
  let peer: Peer | null = null
  try {
    const { client: port } = cluster.ports[id]!
    const options = { clientId: CLIENT_ID, clock: systemClock, connectTimeoutMs: CALL_MS_MAX }
    peer = await Peer.connect({ host: '127.0.0.1', port, ...options })
    return await ask(peer)
  } catch (error) {
    if (error instanceof PeerError) return null
    throw error
  } finally {
    peer?.close()
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => systemClock.after(PAUSE_MS, resolve))
}
