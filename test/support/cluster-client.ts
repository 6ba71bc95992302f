import { systemClock } from '../../src/base/clock.js'
import { Peer } from '../../src/net/peer.js'
import { CreateTopics } from '../../src/protocol/messages/create-topics.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { batchesIn } from '../../src/records/batch.js'
import { buildBatch } from '../../src/records/builder.js'

/** Brokers 0, 1, 2 … as clients need to know them. */
export interface AskedCluster {
  /** Null for a broker that does not run. */
  readonly daemons: readonly (object | null)[]
  readonly ports: readonly { readonly client: number }[]
}

/** Asks a cluster as clients do, broker by broker. */
export class ClusterClient {
  readonly #peers = new Map<number, Peer>()

  constructor(readonly cluster: AskedCluster) {}

  async peer(id: number): Promise<Peer> {
    const known = this.#peers.get(id)
    if (known !== undefined && !known.isClosed) return known
    const { client: port } = this.cluster.ports[id]!
    const options = { host: '127.0.0.1', port, clientId: 'test', clock: systemClock, connectTimeoutMs: 5000 }
    const peer = await Peer.connect(options)
    this.#peers.set(id, peer)
    return peer
  }

  async create(name: string, o: { partitions?: number; configs?: Record<string, string>; replicas?: number[][] } = {}) {
    const configs = Object.entries(o.configs ?? {}).map(([key, value]) => ({ name: key, value }))
    const assignments = (o.replicas ?? []).map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds }))
    const sizes =
      assignments.length > 0
        ? { numPartitions: -1, replicationFactor: -1 }
        : { numPartitions: o.partitions ?? 1, replicationFactor: 3 }
    const request = { topics: [{ name, ...sizes, assignments, configs }], timeoutMs: 10_000, validateOnly: false }
    const { topics } = await (await this.peer(this.anyAlive())).call(CreateTopics, 7, request)
    if (topics[0]!.errorCode !== 0) throw new Error(`${name}: ${topics[0]!.errorCode} ${topics[0]!.errorMessage}`)
  }

  anyAlive(): number {
    return this.cluster.daemons.findIndex((daemon) => daemon !== null)
  }

  /** As the broker `from` tells it. */
  async partition(topic: string, index = 0, from = this.anyAlive()) {
    const topics = [{ topicId: null as never, name: topic }]
    const { topics: found } = await (await this.peer(from)).call(Metadata, 9, {
      topics: topics.map(({ name }) => ({ name })),
      allowAutoTopicCreation: false,
      includeTopicAuthorizedOperations: false,
    })
    const partition = found[0]?.partitions.find(({ partitionIndex }) => partitionIndex === index)
    return partition ?? { leaderId: -1, leaderEpoch: -1, isrNodes: [], replicaNodes: [], errorCode: 3 }
  }

  async until<T>(look: () => Promise<T | false | null | undefined>): Promise<T> {
    for (;;) {
      const found = await look()
      if (found !== false && found !== null && found !== undefined) return found
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  leaderOf(topic: string, index = 0): Promise<number> {
    return this.until(async () => {
      const { leaderId } = await this.partition(topic, index)
      return leaderId >= 0 && this.cluster.daemons[leaderId] !== null ? { leaderId } : null
    }).then(({ leaderId }) => leaderId)
  }

  async isr(topic: string, index = 0): Promise<number[]> {
    return [...(await this.partition(topic, index)).isrNodes].sort()
  }

  async untilIsr(topic: string, expected: number[], index = 0): Promise<void> {
    await this.until(async () => (await this.isr(topic, index)).join() === expected.join() || null)
  }

  /** One record, sent once to `to`. */
  async sendTo(
    to: number,
    topic: string,
    value: string,
    o: { acks?: number; index?: number; timeoutMs?: number } = {},
  ) {
    const batch = buildBatch({ records: [{ timestamp: Date.UTC(2026, 0), key: null, value: Buffer.from(value) }] })
    const { acks = -1, index = 0, timeoutMs = 10_000 } = o
    const response = await (await this.peer(to)).call(Produce, 9, {
      transactionalId: null,
      acks,
      timeoutMs,
      topicData: [{ name: topic, partitionData: [{ index, records: batch }] }],
    })
    const { errorCode, baseOffset } = response.responses[0]!.partitionResponses[0]!
    return { errorCode, baseOffset }
  }

  /** Sends to whoever leads, again and again until it is acknowledged. */
  async send(topic: string, value: string, o: { acks?: number; index?: number } = {}): Promise<void> {
    await this.until(async () => {
      try {
        const leader = await this.leaderOf(topic, o.index)
        return (await this.sendTo(leader, topic, value, { ...o, timeoutMs: 1000 })).errorCode === 0 || null
      } catch {
        return null
      }
    })
  }

  /** What a consumer finds at broker `from`, from the beginning to the high watermark. */
  async values(topic: string, from: number, index = 0): Promise<string[]> {
    const values: string[] = []
    for (let offset = 0; ; ) {
      const { partition, records } = await this.fetch(topic, from, { index, offset })
      if (partition.errorCode !== 0) throw new Error(`fetching gives ${partition.errorCode}`)
      for (const record of records) if (record.offset >= offset) values.push(record.value)
      const next = records.at(-1)?.offset ?? -1
      if (next < offset) return values
      offset = next + 1
    }
  }

  async fetch(
    topic: string,
    from: number,
    o: { index?: number; offset?: number; rack?: string; waitMs?: number } = {},
  ) {
    const { index = 0, offset = 0, rack = '', waitMs = 0 } = o
    const asked = { partition: index, fetchOffset: offset, partitionMaxBytes: 1_000_000, logStartOffset: -1 }
    const response = await (await this.peer(from)).call(Fetch, 12, {
      maxWaitMs: waitMs,
      minBytes: 1,
      maxBytes: 10_000_000,
      rackId: rack,
      topics: [{ topic, partitions: [asked] }],
      forgottenTopicsData: [],
    })
    const partition = response.responses[0]!.partitions[0]!
    const bytes = (partition.records as Buffer | null) ?? Buffer.alloc(0)
    const records = [...batchesIn(bytes)].flatMap((batch) =>
      [...batch.records()].map((record) => ({ offset: record.offset, value: String(record.value) })),
    )
    return { partition, records }
  }

  close(): void {
    for (const peer of this.#peers.values()) peer.close()
  }
}
