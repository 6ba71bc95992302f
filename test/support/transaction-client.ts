import type { Peer } from '../../src/net/peer.js'
import { AddOffsetsToTxn } from '../../src/protocol/messages/add-offsets-to-txn.js'
import { AddPartitionsToTxn } from '../../src/protocol/messages/add-partitions-to-txn.js'
import { EndTxn } from '../../src/protocol/messages/end-txn.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { InitProducerId } from '../../src/protocol/messages/init-producer-id.js'
import { ListOffsets } from '../../src/protocol/messages/list-offsets.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { TxnOffsetCommit } from '../../src/protocol/messages/txn-offset-commit.js'
import { batchesIn } from '../../src/records/batch.js'
import { buildBatch } from '../../src/records/builder.js'
import type { LogRecord } from '../../src/records/record.js'

/** The versions that a producer speaks: of the older protocol, or of KIP-890. */
export const OLD = { produce: 9, addPartitions: 3, addOffsets: 3, end: 4, txnOffsetCommit: 3, initProducerId: 4 }
export const NEW = { ...OLD, produce: 12, end: 5, txnOffsetCommit: 5, initProducerId: 5 }

export interface Producer {
  readonly producerId: bigint
  readonly producerEpoch: number
}

/** A transactional producer that does what it is told, and nothing by itself. */
export class TransactionClient implements Producer {
  producerId = -1n
  producerEpoch = -1
  readonly #sequences = new Map<string, number>()

  constructor(
    readonly peer: Peer,
    readonly transactionalId: string,
    readonly versions = NEW,
    readonly timeoutMs = 60_000,
  ) {}

  /** As a client that starts; asks again while the last transaction is being ended. */
  async start(): Promise<this> {
    for (;;) {
      const answer = await this.init()
      if (answer.errorCode === 0) return this
      if (answer.errorCode !== 51) throw new Error(`InitProducerId: ${answer.errorCode}`)
    }
  }

  async init(more: Partial<Producer> = {}) {
    const { transactionalId, timeoutMs: transactionTimeoutMs } = this
    const request = { transactionalId, transactionTimeoutMs, ...more }
    const answer = await this.peer.call(InitProducerId, this.versions.initProducerId, request)
    if (answer.errorCode === 0) this.#goOnWith(answer)
    return answer
  }

  /** Returns the error for each partition. */
  async add(topic: string, ...partitions: number[]): Promise<number[]> {
    const answer = await this.peer.call(AddPartitionsToTxn, this.versions.addPartitions, {
      v3AndBelowTransactionalId: this.transactionalId,
      v3AndBelowProducerId: this.producerId,
      v3AndBelowProducerEpoch: this.producerEpoch,
      v3AndBelowTopics: [{ name: topic, partitions }],
    })
    return answer.resultsByTopicV3AndBelow[0]!.resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode)
  }

  async addOffsets(groupId: string): Promise<number> {
    const { transactionalId, producerId, producerEpoch } = this
    const request = { transactionalId, producerId, producerEpoch, groupId }
    return (await this.peer.call(AddOffsetsToTxn, this.versions.addOffsets, request)).errorCode
  }

  /** One record. The topic's id is not needed below version 13. */
  async send(topic: string, value: string, o: { index?: number; sequence?: number } & Partial<Producer> = {}) {
    const { index = 0, producerId = this.producerId, producerEpoch = this.producerEpoch } = o
    const key = `${topic}-${index}`
    const baseSequence = o.sequence ?? this.#sequences.get(key) ?? 0
    const records = buildBatch({
      ...{ producerId, producerEpoch, baseSequence, isTransactional: true },
      records: [{ timestamp: 1_700_000_000_000, key: null, value: Buffer.from(value) }],
    })
    const answer = await this.peer.call(Produce, this.versions.produce, {
      ...{ transactionalId: this.transactionalId, acks: -1, timeoutMs: 10_000 },
      topicData: [{ name: topic, partitionData: [{ index, records }] }],
    })
    const partition = answer.responses[0]!.partitionResponses[0]!
    if (partition.errorCode === 0) this.#sequences.set(key, baseSequence + 1)
    return partition
  }

  async commitOffset(
    groupId: string,
    topic: string,
    committedOffset: number,
    member: { generationId?: number; memberId?: string; groupInstanceId?: string } = {},
  ): Promise<number> {
    const { transactionalId, producerId, producerEpoch } = this
    const partitions = [{ partitionIndex: 0, committedOffset, committedMetadata: '' }]
    const topics = [{ name: topic, partitions }]
    const request = { transactionalId, groupId, producerId, producerEpoch, ...member, topics }
    const answer = await this.peer.call(TxnOffsetCommit, this.versions.txnOffsetCommit, request)
    return answer.topics[0]!.partitions[0]!.errorCode
  }

  async end(committed: boolean, more: Partial<Producer> = {}) {
    const { transactionalId, producerId, producerEpoch } = this
    const request = { transactionalId, producerId, producerEpoch, committed, ...more }
    const answer = await this.peer.call(EndTxn, this.versions.end, request)
    if (answer.errorCode === 0 && answer.producerEpoch >= 0) this.#goOnWith(answer)
    return answer
  }

  /** As `end`, as often as it takes: the end of the last transaction may still be under way. */
  async finish(committed: boolean): Promise<void> {
    const { errorCode } = await this.end(committed)
    if (errorCode === 51) await this.finish(committed)
    else if (errorCode !== 0) throw new Error(`EndTxn: ${errorCode}`)
  }

  /** An epoch has its own sequences. */
  #goOnWith({ producerId, producerEpoch }: Producer): void {
    this.producerId = producerId
    this.producerEpoch = producerEpoch
    this.#sequences.clear()
  }
}

/** What a consumer gets from an offset on that reads committed records: what was aborted is left out, as clients do. */
export async function readCommitted(peer: Peer, topic: string, o: { index?: number; from?: number } = {}) {
  const { index = 0, from = 0 } = o
  const values: string[] = []
  const aborted: { producerId: bigint; firstOffset: number }[] = []
  for (let fetchOffset = from; ; ) {
    const fetched = await fetchCommitted(peer, topic, index, fetchOffset)
    for (const one of fetched.aborted)
      if (!aborted.some(({ firstOffset }) => firstOffset === one.firstOffset)) aborted.push(one)
    for (const { value, offset } of fetched.records) if (offset >= from) values.push(String(value))
    const { errorCode, lastStableOffset, highWatermark } = fetched
    fetchOffset = fetched.nextOffset
    if (errorCode !== 0 || fetchOffset >= lastStableOffset)
      return { errorCode, values, aborted, lastStableOffset, highWatermark }
  }
}

/** One answer's worth: it may end wherever the broker likes. */
async function fetchCommitted(peer: Peer, topic: string, index: number, fetchOffset: number) {
  const answer = await peer.call(Fetch, 12, {
    ...{ replicaId: -1, maxWaitMs: 0, minBytes: 0, isolationLevel: 1 },
    topics: [{ topic, partitions: [{ partition: index, fetchOffset, partitionMaxBytes: 1e6 }] }],
  })
  const { records: bytes, abortedTransactions, ...partition } = answer.responses[0]!.partitions[0]!
  const aborted = (abortedTransactions ?? []).map(({ producerId, firstOffset }) => ({ producerId, firstOffset }))
  const upcoming = [...aborted]
  const open = new Set<bigint>()
  const records: LogRecord[] = []
  let nextOffset = fetchOffset
  for (const batch of batchesIn(bytes ?? Buffer.alloc(0))) {
    nextOffset = batch.nextOffset
    while (upcoming[0] !== undefined && upcoming[0].firstOffset <= batch.lastOffset)
      open.add(upcoming.shift()!.producerId)
    if (batch.isControl) open.delete(batch.producerId)
    else if (!batch.isTransactional || !open.has(batch.producerId)) records.push(...batch.records())
  }
  return { ...partition, aborted, records, nextOffset }
}

/** The latest offset for consumers that read committed records. */
export async function latestStable(peer: Peer, topic: string, index = 0): Promise<number> {
  const partitions = [{ partitionIndex: index, timestamp: -1 }]
  const request = { replicaId: -1, isolationLevel: 1, topics: [{ name: topic, partitions }] }
  return (await peer.call(ListOffsets, 6, request)).topics[0]!.partitions[0]!.offset
}
