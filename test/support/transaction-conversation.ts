import { systemClock } from '../../src/base/clock.js'
import { Peer } from '../../src/net/peer.js'
import { AddOffsetsToTxn } from '../../src/protocol/messages/add-offsets-to-txn.js'
import { AddPartitionsToTxn } from '../../src/protocol/messages/add-partitions-to-txn.js'
import { CreateTopics } from '../../src/protocol/messages/create-topics.js'
import { DescribeProducers } from '../../src/protocol/messages/describe-producers.js'
import { DescribeTransactions } from '../../src/protocol/messages/describe-transactions.js'
import { EndTxn } from '../../src/protocol/messages/end-txn.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import { InitProducerId } from '../../src/protocol/messages/init-producer-id.js'
import { ListOffsets } from '../../src/protocol/messages/list-offsets.js'
import { ListTransactions } from '../../src/protocol/messages/list-transactions.js'
import { OffsetFetch } from '../../src/protocol/messages/offset-fetch.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { TxnOffsetCommit } from '../../src/protocol/messages/txn-offset-commit.js'
import { WriteTxnMarkers } from '../../src/protocol/messages/write-txn-markers.js'
import type { Api, ReadResponse, WriteRequest } from '../../src/protocol/schema.js'
import { buildBatch } from '../../src/records/builder.js'

/** One answer, with the ids that a broker draws named by their order. */
export interface Answered {
  readonly step: string
  readonly answer: unknown
}

/** Settings with which a broker is to be started for the conversation. */
export const SETTINGS = {
  'transaction.state.log.num.partitions': '3',
  'offsets.topic.num.partitions': '3',
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '500',
}

const TIMES = new Set(['transactionStartTimeMs', 'lastTimestamp', 'logAppendTimeMs', 'throttleTimeMs'])

/** Speaks with a broker that is new, and keeps what it says. */
class Speaker {
  readonly answers: Answered[] = []
  readonly #producers: bigint[] = []

  constructor(readonly peer: Peer) {}

  async ask<A extends Api>(api: A, version: number, request: WriteRequest<A>): Promise<ReadResponse<A>> {
    const answer = await this.peer.call(api, version, request)
    this.answers.push({ step: `${this.answers.length + 1}: ${api.name} v${version}`, answer: this.#named(answer) })
    return answer
  }

  /** Until the ids have got there; how often it has to be asked is not told. */
  async until(transactionalId: string, state: string): Promise<void> {
    for (;;) {
      const request = { transactionalIds: [transactionalId] }
      const { transactionStates } = await this.peer.call(DescribeTransactions, 0, request)
      if (transactionStates[0]!.transactionState === state) return
    }
  }

  #named(value: unknown, name = ''): unknown {
    if (TIMES.has(name)) return typeof value === 'number' && value > 0 ? 'some time' : value
    if (typeof value === 'bigint') return value < 0n ? Number(value) : this.#producer(value)
    if (Buffer.isBuffer(value)) return `${value.length} bytes`
    if (Array.isArray(value)) return value.map((one) => this.#named(one)).sort(byText)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, this.#named(field, key)]))
  }

  #producer(id: bigint): string {
    if (!this.#producers.includes(id)) this.#producers.push(id)
    return `producer ${this.#producers.indexOf(id)}`
  }
}

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

const NOBODY = { producerId: -1n, producerEpoch: -1 }

/** Everything that transactions are asked about, with a broker that is new. */
export async function converse(port: number): Promise<Answered[]> {
  const peer = await Peer.connect({
    host: '127.0.0.1',
    port,
    clientId: 'test',
    clock: systemClock,
    connectTimeoutMs: 5000,
  })
  try {
    await prepare(peer)
    const speaker = new Speaker(peer)
    await initialize(speaker)
    await older(speaker)
    await newer(speaker)
    await offsets(speaker)
    await markers(speaker)
    await late(speaker)
    return speaker.answers
  } finally {
    peer.close()
  }
}

async function prepare(peer: Peer): Promise<void> {
  const topics = ['t', 'u'].map((name) => ({
    ...{ name, numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] },
  }))
  await peer.call(CreateTopics, 5, { topics, timeoutMs: 10_000, validateOnly: false })
  for (const keyType of [0, 1]) {
    for (;;) {
      const { coordinators } = await peer.call(FindCoordinator, 4, { keyType, coordinatorKeys: ['any'] })
      if (coordinators[0]!.errorCode === 0) break
    }
  }
  const transactionalIds = Array.from({ length: 60 }, (_, i) => `id-${i}`)
  for (;;) {
    const { transactionStates } = await peer.call(DescribeTransactions, 0, { transactionalIds })
    if (transactionStates.every(({ errorCode }) => errorCode === 105)) break
  }
  const anybody = { transactionalId: null, transactionTimeoutMs: 0 }
  while ((await peer.call(InitProducerId, 5, anybody)).errorCode !== 0);
  const groups = transactionalIds.map((groupId) => ({ groupId, topics: [] }))
  for (;;) {
    const answer = await peer.call(OffsetFetch, 8, { groups })
    if (answer.groups.every(({ errorCode }) => errorCode === 0)) break
  }
}

interface Producer {
  readonly producerId: bigint
  readonly producerEpoch: number
}

function batch({ producerId, producerEpoch }: Producer, baseSequence: number, isTransactional = true): Buffer {
  const records = [{ timestamp: systemClock.now(), key: null, value: Buffer.from('v') }]
  return buildBatch({ producerId, producerEpoch, baseSequence, isTransactional, records })
}

const producing = (transactionalId: string, records: Buffer, index = 0, name = 't'): WriteRequest<typeof Produce> => ({
  ...{ transactionalId, acks: -1, timeoutMs: 10_000 },
  topicData: [{ name, partitionData: [{ index, records }] }],
})

const adding = (id: string, producer: Producer, partitions: number[], name = 't') => ({
  v3AndBelowTransactionalId: id,
  v3AndBelowProducerId: producer.producerId,
  v3AndBelowProducerEpoch: producer.producerEpoch,
  v3AndBelowTopics: [{ name, partitions }],
})

async function initialize(speaker: Speaker): Promise<void> {
  const init = (version: number, transactionalId: string | null, more: object = {}) =>
    speaker.ask(InitProducerId, version, { transactionalId, transactionTimeoutMs: 60_000, ...more })
  await init(5, null)
  await init(5, null, { producerId: 5n, producerEpoch: 3 })
  await init(5, '')
  for (const transactionTimeoutMs of [0, -1, 900_001]) await init(5, 'id-1', { transactionTimeoutMs })
  await init(5, 'id-1', { producerEpoch: 3 })
  const first = await init(0, 'id-1')
  const next = await init(5, 'id-1')
  await init(5, 'id-1', { producerId: next.producerId, producerEpoch: next.producerEpoch })
  await init(5, 'id-1', { producerId: next.producerId, producerEpoch: next.producerEpoch })
  await init(3, 'id-1', { producerId: next.producerId + 9000n, producerEpoch: 0 })
  await init(5, 'id-1', { producerId: next.producerId + 9000n, producerEpoch: 0 })
  await init(5, 'id-1', first)
  await init(5, 'id-2', { producerId: 77n, producerEpoch: 3 })
}

async function older(speaker: Speaker): Promise<void> {
  const id = 'id-3'
  const init = () => speaker.ask(InitProducerId, 4, { transactionalId: id, transactionTimeoutMs: 60_000 })
  const producer = await init()
  const add = (version: number, o: Partial<Producer>, partitions: number[], name?: string) =>
    speaker.ask(AddPartitionsToTxn, version, adding(id, { ...producer, ...o }, partitions, name))
  const end = (version: number, committed: boolean, o: Partial<Producer> = {}) =>
    speaker.ask(EndTxn, version, { transactionalId: id, ...picked(producer), committed, ...o })
  await end(4, true)
  await end(4, false)
  for (const version of [9, 10, 11]) await speaker.ask(Produce, version, producing(id, batch(producer, 0)))
  await add(3, {}, [0, 7])
  await add(3, {}, [0], 'nope')
  await add(1, { producerEpoch: 9 }, [0])
  await add(2, { producerEpoch: 9 }, [0])
  await add(3, { producerId: 99_999n }, [0])
  await speaker.ask(AddPartitionsToTxn, 3, adding('', producer, [0]))
  await add(0, {}, [0])
  await add(3, {}, [0, 1])
  await speaker.ask(Produce, 9, producing(id, batch(producer, 0)))
  await speaker.ask(Produce, 9, producing(id, batch(producer, 0)))
  await speaker.ask(Produce, 9, producing(id, batch(producer, 5)))
  await speaker.ask(Produce, 9, producing(id, batch(producer, 1, false)))
  await speaker.ask(Produce, 9, producing('id-9', batch(producer, 1)))
  await speaker.ask(Produce, 9, producing(id, batch({ ...producer, producerEpoch: 5 }, 0)))
  await look(speaker, id)
  await read(speaker)
  for (const version of [1, 2]) await end(version, true, { producerEpoch: 9 })
  await end(4, true, { producerId: 99_999n })
  await speaker.ask(EndTxn, 4, { transactionalId: '', ...picked(producer), committed: true })
  await end(4, true)
  await speaker.until(id, 'CompleteCommit')
  await end(4, true)
  await end(4, false)
  await look(speaker, id)
  await read(speaker)
  await add(3, {}, [0])
  await speaker.ask(Produce, 9, producing(id, batch(producer, 1)))
  await init()
  await speaker.until(id, 'CompleteAbort')
  await init()
  await end(4, true)
  await speaker.ask(Produce, 9, producing(id, batch(producer, 2)))
  await read(speaker)
}

async function newer(speaker: Speaker): Promise<void> {
  const id = 'id-4'
  const start = await speaker.ask(InitProducerId, 5, { transactionalId: id, transactionTimeoutMs: 60_000 })
  const end = (producer: Producer, committed: boolean) =>
    speaker.ask(EndTxn, 5, { transactionalId: id, ...picked(producer), committed })
  const produce = (producer: Producer, sequence: number, index = 0, version = 12) =>
    speaker.ask(Produce, version, producing(id, batch(producer, sequence), index, 'u'))
  await end(start, true)
  const empty = await end(start, false)
  await speaker.until(id, 'CompleteAbort')
  await produce(start, 0)
  await produce(empty, 3)
  await produce({ ...empty, producerEpoch: 9 }, 0)
  await produce({ ...empty, producerId: 99_999n }, 0)
  await speaker.ask(Produce, 12, producing('id-9', batch(empty, 0), 0, 'u'))
  await produce(empty, 0)
  await produce(empty, 1)
  await produce(empty, 0, 1)
  await look(speaker, id, 'u')
  await read(speaker, 'u')
  const after = await end(empty, true)
  await speaker.until(id, 'CompleteCommit')
  await end(empty, true)
  await end(empty, false)
  await end({ ...empty, producerEpoch: 9 }, true)
  await end(after, true)
  await look(speaker, id, 'u')
  await produce(empty, 2)
  await produce(after, 0)
  const aborted = await end(after, false)
  await speaker.until(id, 'CompleteAbort')
  await read(speaker, 'u')
  await produce(aborted, 0)
  await speaker.ask(InitProducerId, 5, { transactionalId: id, transactionTimeoutMs: 60_000 })
  await speaker.until(id, 'CompleteAbort')
  await speaker.ask(InitProducerId, 5, { transactionalId: id, transactionTimeoutMs: 60_000 })
  await end(aborted, true)
  await end(aborted, false)
  await produce(aborted, 1)
}

async function offsets(speaker: Speaker): Promise<void> {
  const id = 'id-5'
  const start = await speaker.ask(InitProducerId, 5, { transactionalId: id, transactionTimeoutMs: 60_000 })
  const commit = (version: number, producer: Producer, groupId: string, committedOffset: number, more: object = {}) =>
    speaker.ask(TxnOffsetCommit, version, {
      ...{ transactionalId: id, groupId, ...picked(producer), ...more },
      topics: [
        {
          name: 't',
          partitions: [0, 9].map((partitionIndex) => ({ partitionIndex, committedOffset, committedMetadata: 'm' })),
        },
        { name: 'nope', partitions: [{ partitionIndex: 0, committedOffset, committedMetadata: null }] },
      ],
    })
  const fetch = (groupId: string, requireStable: boolean) =>
    speaker.ask(OffsetFetch, 7, { groupId, topics: [{ name: 't', partitionIndexes: [0] }], requireStable })
  for (const version of [0, 3, 4]) await commit(version, start, 'g', 1)
  await commit(3, start, '', 1)
  await commit(5, { ...start, producerEpoch: 9 }, 'g', 1)
  await commit(5, { ...start, producerId: 99_999n }, 'g', 1)
  for (const version of [1, 2]) {
    const request = { transactionalId: id, ...picked(start), producerEpoch: 9, groupId: 'g' }
    await speaker.ask(AddOffsetsToTxn, version, request)
  }
  await speaker.ask(AddOffsetsToTxn, 3, { transactionalId: '', ...picked(start), groupId: 'g' })
  await speaker.ask(AddOffsetsToTxn, 3, { transactionalId: id, ...picked(start), groupId: 'g' })
  await commit(3, start, 'g', 5)
  await commit(3, start, 'g', 6, { generationId: 1, memberId: 'nobody' })
  await fetch('g', false)
  await fetch('g', true)
  const after = await speaker.ask(EndTxn, 5, { transactionalId: id, ...picked(start), committed: true })
  await speaker.until(id, 'CompleteCommit')
  await fetch('g', true)
  await commit(5, after, 'g', 7)
  await commit(5, after, 'h', 7, { generationId: 1, memberId: 'nobody' })
  await speaker.ask(EndTxn, 5, { transactionalId: id, ...picked(after), committed: false })
  await speaker.until(id, 'CompleteAbort')
  await fetch('g', true)
}

async function markers(speaker: Speaker): Promise<void> {
  const id = 'id-6'
  const init = () => speaker.ask(InitProducerId, 5, { transactionalId: id, transactionTimeoutMs: 60_000 })
  await init()
  const { producerId, producerEpoch } = await init()
  const marker = { producerId, producerEpoch, coordinatorEpoch: 0, transactionResult: false }
  const write = (version: number, more: object = {}, topic = 't') =>
    speaker.ask(WriteTxnMarkers, version, {
      markers: [{ ...marker, topics: [{ name: topic, partitionIndexes: [0] }], ...more }],
    })
  await write(1)
  await write(1, {}, 'nope')
  await speaker.ask(Produce, 12, producing(id, batch({ producerId, producerEpoch }, 0)))
  await write(2, { transactionVersion: 2 })
  await write(1, { producerEpoch: producerEpoch - 1 })
  await write(1, { coordinatorEpoch: 5 })
  await write(1, { coordinatorEpoch: 4 })
  await write(2, { transactionVersion: 2, coordinatorEpoch: 5, producerEpoch: producerEpoch + 1 })
  await write(2, { transactionVersion: 2, coordinatorEpoch: 5, producerEpoch: producerEpoch + 1 })
  await write(2, {}, '__consumer_offsets')
  await look(speaker, id)
}

/** A transaction that is ended by time; of a producer of each kind. */
async function late(speaker: Speaker): Promise<void> {
  for (const [id, version] of [
    ['id-7', 4],
    ['id-8', 5],
  ] as const) {
    const producer = await speaker.ask(InitProducerId, 5, { transactionalId: id, transactionTimeoutMs: 300 })
    if (version === 4) await speaker.ask(AddPartitionsToTxn, 3, adding(id, producer, [0]))
    await speaker.ask(Produce, version === 4 ? 11 : 12, producing(id, batch(producer, 0)))
    await speaker.until(id, 'CompleteAbort')
    await speaker.ask(EndTxn, version, { transactionalId: id, ...picked(producer), committed: true })
    await speaker.ask(EndTxn, version, { transactionalId: id, ...picked(producer), committed: false })
    await speaker.ask(Produce, version === 4 ? 11 : 12, producing(id, batch(producer, 1)))
    await speaker.ask(InitProducerId, 5, { transactionalId: id, transactionTimeoutMs: 300, ...picked(producer) })
    await speaker.ask(InitProducerId, 5, { transactionalId: id, transactionTimeoutMs: 300 })
  }
}

function picked({ producerId, producerEpoch }: Producer = NOBODY): Producer {
  return { producerId, producerEpoch }
}

async function look(speaker: Speaker, id: string, topic = 't'): Promise<void> {
  await speaker.ask(DescribeTransactions, 0, { transactionalIds: [id, 'id-9', ''] })
  await speaker.ask(DescribeProducers, 0, { topics: [{ name: topic, partitionIndexes: [0] }] })
  for (const stateFilters of [[], ['Ongoing'], ['ongoing', 'CompleteCommit', 'Nonsense']]) {
    await speaker.ask(ListTransactions, 2, { stateFilters, producerIdFilters: [], transactionalIdPattern: null })
  }
  for (const transactionalIdPattern of ['id-[34]', '(', '']) {
    await speaker.ask(ListTransactions, 2, { stateFilters: [], producerIdFilters: [], transactionalIdPattern })
  }
}

async function read(speaker: Speaker, topic = 't'): Promise<void> {
  for (const isolationLevel of [0, 1]) {
    const partitions = [{ partitionIndex: 0, timestamp: -1 }]
    await speaker.ask(ListOffsets, 6, { replicaId: -1, isolationLevel, topics: [{ name: topic, partitions }] })
    for (const fetchOffset of [0, 1]) {
      await speaker.ask(Fetch, 12, {
        ...{ replicaId: -1, maxWaitMs: 0, minBytes: 0, isolationLevel },
        topics: [{ topic, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 1e6 }] }],
      })
    }
  }
}
