import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Uuid } from '../../src/bytes/uuid.js'
import type { Peer } from '../../src/net/peer.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import type { WriteRequest } from '../../src/protocol/schema.js'
import { batchesIn } from '../../src/records/batch.js'
import { buildBatch } from '../../src/records/builder.js'
import { buildEndTransactionMarker } from '../../src/records/control.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { ManualClock } from '../support/manual-clock.js'

type Asked = WriteRequest<typeof Fetch>['topics'][number]['partitions'][number]

let broker: DataPathBroker
let clock: ManualClock
let peer: Peer

beforeEach(async () => {
  clock = new ManualClock()
  broker = await DataPathBroker.start({ clock })
  peer = await broker.peer()
})
afterEach(() => broker.close())

function part(partition: number, fetchOffset: number, o: Partial<Asked> = {}): Asked {
  return { partition, fetchOffset, partitionMaxBytes: 1_000_000, logStartOffset: -1, ...o }
}

interface Options {
  version?: number
  maxWaitMs?: number
  minBytes?: number
  maxBytes?: number
  isolationLevel?: number
  replicaId?: number
  sessionId?: number
  sessionEpoch?: number
  forgotten?: { topic?: string; topicId?: Uuid; partitions: number[] }[]
}

function request(topics: { topic?: string; topicId?: Uuid; partitions: Asked[] }[], o: Options = {}) {
  const { maxWaitMs = 0, minBytes = 1, maxBytes = 1_000_000, isolationLevel = 0, replicaId = -1 } = o
  const { sessionId = 0, sessionEpoch = -1, forgotten = [] } = o
  return {
    ...(replicaId !== -1 && { replicaId }),
    maxWaitMs,
    minBytes,
    maxBytes,
    isolationLevel,
    sessionId,
    sessionEpoch,
    topics,
    forgottenTopicsData: forgotten,
  }
}

async function fetch(topics: Parameters<typeof request>[0], o: Options = {}, from: Peer = peer) {
  return from.call(Fetch, o.version ?? 12, request(topics, o))
}

/** The one partition of an answer. */
async function fetchOne(topic: string, asked: Asked, o: Options = {}, from: Peer = peer) {
  const { responses } = await fetch([{ topic, partitions: [asked] }], o, from)
  expect(responses.length).toBe(1)
  expect(responses[0]!.partitions.length).toBe(1)
  return responses[0]!.partitions[0]!
}

function baseOffsets(records: Buffer | null): number[] {
  return [...batchesIn(records!)].map((batch) => batch.baseOffset)
}

function batchOf(count: number, valueBytes: number): Buffer {
  const records = Array.from({ length: count }, (_, offsetDelta) => ({
    timestamp: clock.now(),
    key: null,
    value: Buffer.alloc(valueBytes, 'v'),
    offsetDelta,
  }))
  return buildBatch({ records })
}

async function append(topic: string, bytes: Buffer, index = 0): Promise<void> {
  const partition = broker.partitions.find(topic, index)!
  expect(partition.append(bytes, { origin: 'coordinator' })).toMatchObject({ duplicate: false })
  await partition.whenWritten()
}

describe('by its bytes', () => {
  const value = '6869'
  const batch = buildBatch({
    records: [{ timestamp: 1_700_000_000_000, key: null, value: Buffer.from(value, 'hex') }],
  })
  const stored = `0000000000000000 ${batch.subarray(8, 12).toString('hex')} 00000000 ${batch.subarray(16).toString('hex')}`
  const size = batch.length.toString(16).padStart(8, '0')
  const hex = (text: string): string => text.replace(/\s/g, '')

  test('version 4', async () => {
    broker.createTopic('t')
    await append('t', Buffer.from(batch))
    const raw = await broker.connect()
    raw.sendFrame(
      '0001 0004 00000001 0001 63 ffffffff 00000000 00000001 00100000 00 00000001 0001 74 00000001 00000000 0000000000000000 00100000',
    )
    expect((await raw.frame())!.toString('hex')).toBe(
      hex(
        `00000001 00000000 00000001 0001 74 00000001 00000000 0000 0000000000000001 0000000000000001 ffffffff ${size} ${stored}`,
      ),
    )
  })

  test('version 17, read committed', async () => {
    const id = Buffer.from(broker.createTopic('t'), 'base64url').toString('hex')
    await append('t', Buffer.from(batch))
    const raw = await broker.connect()
    raw.sendFrame(
      `0001 0011 00000001 0001 63 00 00000000 00000001 00100000 01 00000000 ffffffff 02 ${id} 02
       00000000 ffffffff 0000000000000000 ffffffff ffffffffffffffff 00100000 00 00 01 01 00`,
    )
    const compactSize = (batch.length + 1).toString(16)
    expect((await raw.frame())!.toString('hex')).toBe(
      hex(
        `00000001 00 00000000 0000 00000000 02 ${id} 02 00000000 0000 0000000000000001 0000000000000001 0000000000000000
         01 ffffffff ${compactSize} ${stored} 00 00 00`,
      ),
    )
  })
})

describe('what is returned', () => {
  beforeEach(async () => {
    broker.createTopic('t', { partitions: 3 })
    for (let i = 0; i < 4; i++) await append('t', batchOf(10, 100))
  })

  test('the batch that holds the fetch offset, whole, and those after it', async () => {
    const { records, highWatermark, lastStableOffset, logStartOffset } = await fetchOne('t', part(0, 15))
    expect(baseOffsets(records)).toEqual([10, 20, 30])
    expect({ highWatermark, lastStableOffset, logStartOffset }).toEqual({
      highWatermark: 40,
      lastStableOffset: 40,
      logStartOffset: 0,
    })
  })

  test('nothing at the end, without an error', async () => {
    expect(await fetchOne('t', part(0, 40))).toMatchObject({
      errorCode: 0,
      highWatermark: 40,
      records: Buffer.alloc(0),
    })
  })

  test('whole batches up to the limit of the partition', async () => {
    const sizeBytes = batchOf(10, 100).length
    const limited = part(0, 0, { partitionMaxBytes: 2 * sizeBytes + 5 })
    expect(baseOffsets((await fetchOne('t', limited)).records)).toEqual([0, 10])
  })

  test('one batch at least from the first partition that has any, however small the limits are', async () => {
    for (const o of [{ maxBytes: 1 }, { maxBytes: 0 }, {}]) {
      const partitionMaxBytes = 'maxBytes' in o ? 1_000_000 : 0
      await append('t', batchOf(1, 5), 2)
      const partitions = [1, 0, 2].map((index) => part(index, 0, { partitionMaxBytes }))
      const { responses } = await fetch([{ topic: 't', partitions }], o)
      expect(responses[0]!.partitions.map(({ records }) => baseOffsets(records))).toEqual([[], [0], []])
    }
  })

  test('fetch.max.bytes bounds what a client may ask for', async () => {
    broker.apply({
      type: 'Config',
      resourceType: 4,
      resourceName: '0',
      name: 'fetch.max.bytes',
      value: '1024',
    })
    const limits = { maxBytes: 2 ** 31 - 1 }
    expect(
      baseOffsets((await fetchOne('t', part(0, 0, { partitionMaxBytes: 2 ** 31 - 1 }), limits)).records).length,
    ).toBeGreaterThan(0)
  })

  test('negative limits are an error of the partition', async () => {
    expect(await fetchOne('t', part(0, 0, { partitionMaxBytes: -1 }))).toMatchObject({
      errorCode: -1,
      highWatermark: -1,
    })
    expect(await fetchOne('t', part(0, 0), { maxBytes: -1 })).toMatchObject({ errorCode: -1 })
  })

  test('partitions in the order of the request, unknown ones last', async () => {
    const { responses } = await fetch([
      { topic: 'nope', partitions: [part(0, 0)] },
      { topic: 't', partitions: [part(1, 0), part(0, 0), part(9, 0)] },
    ])
    expect(
      responses.map(({ topic, partitions }) => [topic, partitions.map((p) => [p.partitionIndex, p.errorCode])]),
    ).toEqual([
      [
        't',
        [
          [1, 0],
          [0, 0],
        ],
      ],
      ['nope', [[0, 3]]],
      ['t', [[9, 3]]],
    ])
  })
})

describe('errors', () => {
  beforeEach(async () => {
    broker.createTopic('t')
    broker.createTopic('elsewhere', { replicas: [1] })
    broker.createTopic('followed', { replicas: [1, 0], leader: 1 })
    await append('t', batchOf(10, 10))
  })

  const failed = (errorCode: number) => ({
    errorCode,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    records: Buffer.alloc(0),
  })

  test('an offset beyond the end, below the start or negative is out of range', async () => {
    await peer.call(Produce, 9, { transactionalId: null, acks: 1, timeoutMs: 0, topicData: [] })
    expect(broker.partitions.find('t', 0)!.deleteRecordsTo(4)).toBe(0)
    for (const offset of [11, 3, -5]) expect(await fetchOne('t', part(0, offset))).toMatchObject(failed(1))
    expect(await fetchOne('t', part(0, 4))).toMatchObject({ errorCode: 0, logStartOffset: 4 })
  })

  test('the list of aborted transactions is null, but empty where no log was looked at', async () => {
    expect((await fetchOne('t', part(0, 99), { isolationLevel: 1 })).abortedTransactions).toBeNull()
    expect((await fetchOne('nope', part(0, 0))).abortedTransactions).toEqual([])
    expect((await fetchOne('t', part(0, 0))).abortedTransactions).toBeNull()
    expect((await fetchOne('t', part(0, 0), { isolationLevel: 1 })).abortedTransactions).toEqual([])
  })

  test('an old leader epoch is fenced, a newer one not known yet', async () => {
    broker.changePartition('t', 0, { leader: 0 })
    const { leaderEpoch } = broker.partitions.find('t', 0)!
    expect(leaderEpoch).toBe(1)
    expect(await fetchOne('t', part(0, 0, { currentLeaderEpoch: 0 }))).toMatchObject(failed(74))
    expect(await fetchOne('t', part(0, 0, { currentLeaderEpoch: 1 }))).toMatchObject({ errorCode: 0 })
    expect(await fetchOne('t', part(0, 0, { currentLeaderEpoch: 2 }))).toMatchObject(failed(75))
  })

  test('a partition that lies elsewhere is refused; a follower answers consumers from version 11 on', async () => {
    expect(await fetchOne('elsewhere', part(0, 0))).toMatchObject(failed(6))
    expect(await fetchOne('followed', part(0, 0), { version: 10 })).toMatchObject({ errorCode: 6 })
    expect(await fetchOne('followed', part(0, 0), { version: 11 })).toMatchObject({ errorCode: 0 })
  })

  test('an isolation level that does not exist is an error of everything', async () => {
    const answer = await fetch([{ topic: 't', partitions: [part(0, 0)] }], { isolationLevel: 7 })
    expect(answer.errorCode).toBe(-1)
    expect(answer.responses[0]!.partitions[0]).toMatchObject({ partitionIndex: 0, errorCode: -1, highWatermark: -1 })
  })

  test('an unknown topic id is 100 from version 13 on', async () => {
    const topicId = 'AAAAAAAAAAAAAAAAAAAAAw'
    const { responses } = await fetch([{ topicId, partitions: [part(0, 0)] }], { version: 13 })
    expect(responses).toMatchObject([{ topicId, partitions: [{ errorCode: 100 }] }])
  })

  test('a stranger that fetches as a replica is told to try again', async () => {
    expect(await fetchOne('t', part(0, 0), { replicaId: 5 })).toMatchObject(failed(6))
    expect(await fetchOne('t', part(0, 0), { replicaId: 0 })).toMatchObject(failed(6))
    expect(await fetchOne('t', part(0, 0, { currentLeaderEpoch: 0 }), { replicaId: 5 })).toMatchObject(failed(75))
  })

  test('who fetched an epoch that the leader does not know is out of range; who parted is told where', async () => {
    expect(await fetchOne('t', part(0, 1, { lastFetchedEpoch: 5 }))).toMatchObject(failed(1))
    expect(await fetchOne('t', part(0, 1, { lastFetchedEpoch: 0 }))).toMatchObject({ errorCode: 0 })
    broker.changePartition('t', 0, { leader: 0 })
    await append('t', batchOf(5, 10))
    const { errorCode, divergingEpoch, records } = await fetchOne('t', part(0, 12, { lastFetchedEpoch: 0 }))
    expect({ errorCode, divergingEpoch }).toEqual({ errorCode: 0, divergingEpoch: { epoch: 0, endOffset: 10 } })
    expect(records!.length).toBe(0)
  })

  test('who leads instead is told from version 16 on', async () => {
    const ask = (version: number) =>
      fetch([{ topicId: broker.image.topic('elsewhere')!.id, partitions: [part(0, 0)] }], { version })
    expect((await ask(16)).responses[0]!.partitions[0]!.currentLeader).toEqual({ leaderId: 1, leaderEpoch: 0 })
    expect((await ask(15)).responses[0]!.partitions[0]!.currentLeader).toEqual({ leaderId: -1, leaderEpoch: -1 })
  })
})

describe('waiting', () => {
  /** Resolves when the answer is there; `isDone` says whether it is. */
  function waiting(topics: Parameters<typeof request>[0], o: Options) {
    const state = { isDone: false }
    const answer = fetch(topics, o).then((value) => {
      state.isDone = true
      return value
    })
    return Object.assign(state, { answer })
  }

  async function parked(): Promise<void> {
    const before = clock.timers
    while (clock.timers === before) await new Promise(setImmediate)
  }

  async function settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  }

  beforeEach(() => void broker.createTopic('t', { partitions: 2 }))

  test('an append wakes who waits at the end', async () => {
    const wait = waiting([{ topic: 't', partitions: [part(0, 0), part(1, 0)] }], { maxWaitMs: 10_000 })
    await parked()
    await append('t', batchOf(1, 10), 1)
    const { responses } = await wait.answer
    expect(responses[0]!.partitions.map(({ records }) => baseOffsets(records))).toEqual([[], [0]])
  })

  test('the answer comes when so many bytes can be read as are asked for, over all partitions together', async () => {
    const minBytes = 2 * batchOf(1, 100).length + 1
    const wait = waiting([{ topic: 't', partitions: [part(0, 0), part(1, 0)] }], { maxWaitMs: 10_000, minBytes })
    await parked()
    await append('t', batchOf(1, 100), 0)
    await append('t', batchOf(1, 100), 1)
    await settle()
    expect(wait.isDone).toBe(false)
    await append('t', batchOf(1, 100), 0)
    const { responses } = await wait.answer
    expect(responses[0]!.partitions.map(({ records }) => baseOffsets(records))).toEqual([[0, 1], [0]])
  })

  test('bytes beyond the limit of a partition do not count', async () => {
    const minBytes = 500
    const wait = waiting([{ topic: 't', partitions: [part(0, 0, { partitionMaxBytes: 300 })] }], {
      maxWaitMs: 10_000,
      minBytes,
    })
    await parked()
    for (let i = 0; i < 5; i++) await append('t', batchOf(1, 200))
    await settle()
    expect(wait.isDone).toBe(false)
    clock.advance(10_000)
    expect((await wait.answer).responses[0]!.partitions[0]!.records!.length).toBeGreaterThan(0)
  })

  test('when the time is up, what is there is returned, and nothing is no error', async () => {
    const { timers } = clock
    const wait = waiting([{ topic: 't', partitions: [part(0, 0)] }], { maxWaitMs: 500 })
    await parked()
    clock.advance(499)
    await settle()
    expect(wait.isDone).toBe(false)
    clock.advance(1)
    expect((await wait.answer).responses[0]!.partitions[0]).toMatchObject({ errorCode: 0, highWatermark: 0 })
    expect(clock.timers).toBe(timers)
  })

  test('an unknown partition neither ends the waiting nor is waited for', async () => {
    const wait = waiting(
      [
        { topic: 'nope', partitions: [part(0, 0)] },
        { topic: 't', partitions: [part(0, 0)] },
      ],
      { maxWaitMs: 500 },
    )
    await parked()
    clock.advance(500)
    expect((await wait.answer).responses.map(({ topic }) => topic)).toEqual(['t', 'nope'])
    const alone = await fetch([{ topic: 'nope', partitions: [part(0, 0)] }], { maxWaitMs: 10_000 })
    expect(alone.responses[0]!.partitions[0]!.errorCode).toBe(3)
  })

  test('nobody waits with an error, with no partitions, or without time', async () => {
    await append('t', batchOf(1, 10))
    const topics = [{ topic: 't', partitions: [part(1, 0), part(0, 99)] }]
    expect((await fetch(topics, { maxWaitMs: 10_000 })).responses[0]!.partitions[1]!.errorCode).toBe(1)
    expect((await fetch([], { maxWaitMs: 10_000 })).responses).toEqual([])
    for (const o of [{ maxWaitMs: -1 }, { maxWaitMs: 10_000, minBytes: 0 }, { maxWaitMs: 10_000, minBytes: -7 }])
      expect((await fetchOne('t', part(1, 0), o)).errorCode).toBe(0)
  })

  test('a topic that is deleted ends the waiting', async () => {
    const wait = waiting([{ topic: 't', partitions: [part(0, 0)] }], { maxWaitMs: 10_000 })
    await parked()
    broker.deleteTopic('t')
    expect((await wait.answer).responses[0]!.partitions[0]!.errorCode).toBe(3)
  })

  test('a new leader ends the waiting', async () => {
    broker.createTopic('u', { replicas: [0, 1] })
    const wait = waiting([{ topic: 'u', partitions: [part(0, 0)] }], { maxWaitMs: 10_000, version: 10 })
    await parked()
    broker.changePartition('u', 0, { leader: 1 })
    expect((await wait.answer).responses[0]!.partitions[0]!.errorCode).toBe(6)
  })

  test('records deleted from under the fetch offset end the waiting', async () => {
    broker.createTopic('u')
    await append('u', batchOf(10, 10))
    const wait = waiting([{ topic: 'u', partitions: [part(0, 0)] }], { maxWaitMs: 10_000, minBytes: 100_000 })
    await parked()
    broker.partitions.find('u', 0)!.deleteRecordsTo(5)
    expect((await wait.answer).responses[0]!.partitions[0]!.errorCode).toBe(1)
  })

  test('a new segment ends the waiting: more of the old one will not come', async () => {
    broker.createTopic('u', { configs: { 'internal.segment.bytes': '1000' } })
    await append('u', batchOf(1, 700))
    const wait = waiting([{ topic: 'u', partitions: [part(0, 0)] }], { maxWaitMs: 10_000, minBytes: 100_000 })
    await parked()
    await append('u', batchOf(1, 700))
    expect((await wait.answer).responses[0]!.partitions[0]!.errorCode).toBe(0)
  })

  test('a connection that breaks takes its waiting request along', async () => {
    const { timers } = clock
    const raw = await broker.connect()
    raw.sendFrame(
      '0001 0004 00000001 0001 63 ffffffff 00002710 00000001 00100000 00 00000001 0001 74 00000001 00000000 0000000000000000 00100000',
    )
    await parked()
    expect(clock.timers).toBe(timers + 1)
    raw.socket.resetAndDestroy()
    while (clock.timers > timers) await new Promise(setImmediate)
  })
})

describe('what others may read', () => {
  test('consumers read up to the high watermark, which is the least that any in-sync replica has', async () => {
    broker.createTopic('t', { replicas: [0, 1, 2] })
    await append('t', batchOf(10, 10))
    expect(await fetchOne('t', part(0, 0))).toMatchObject({ errorCode: 0, highWatermark: 0, records: Buffer.alloc(0) })
    expect(await fetchOne('t', part(0, 5))).toMatchObject({ errorCode: 0, records: Buffer.alloc(0) })
    const asReplica = await fetchOne('t', part(0, 0, { logStartOffset: 0 }), { replicaId: 1 })
    expect(baseOffsets(asReplica.records)).toEqual([0])
    expect((await fetchOne('t', part(0, 10, { logStartOffset: 0 }), { replicaId: 1 })).highWatermark).toBe(0)
    await fetchOne('t', part(0, 10, { logStartOffset: 0 }), { replicaId: 2 })
    expect(baseOffsets((await fetchOne('t', part(0, 0))).records)).toEqual([0])
  })

  test('a replica that leaves the in-sync set holds the high watermark back no longer', async () => {
    broker.createTopic('t', { replicas: [0, 1] })
    await append('t', batchOf(10, 10))
    broker.changePartition('t', 0, { isr: [0] })
    expect((await fetchOne('t', part(0, 0))).highWatermark).toBe(10)
  })

  test('the high watermark stays while there are too few in-sync replicas', async () => {
    broker.createTopic('t', { replicas: [0, 1], configs: { 'min.insync.replicas': '2' } })
    broker.changePartition('t', 0, { isr: [0] })
    await append('t', batchOf(10, 10))
    expect((await fetchOne('t', part(0, 0))).highWatermark).toBe(0)
    broker.changePartition('t', 0, { isr: [0, 1] })
    await fetchOne('t', part(0, 10, { logStartOffset: 0 }), { replicaId: 1 })
    expect((await fetchOne('t', part(0, 0))).highWatermark).toBe(10)
  })

  test('who reads committed records stops at the first open transaction, and is told what was aborted', async () => {
    broker.createTopic('t')
    const transactional = (producerId: bigint, baseSequence: number): Buffer =>
      buildBatch({
        isTransactional: true,
        producerId,
        producerEpoch: 0,
        baseSequence,
        records: [{ timestamp: clock.now(), key: null, value: Buffer.from('x') }],
      })
    const end = (producerId: bigint, type: 'ABORT' | 'COMMIT'): Buffer =>
      buildEndTransactionMarker({ producerId, producerEpoch: 0, coordinatorEpoch: 0, timestamp: clock.now(), type })
    await append('t', batchOf(1, 10))
    await append('t', transactional(1n, 0))
    await append('t', transactional(2n, 0))
    const committed = { isolationLevel: 1 }
    expect(await fetchOne('t', part(0, 0), committed)).toMatchObject({ highWatermark: 3, lastStableOffset: 1 })
    expect(baseOffsets((await fetchOne('t', part(0, 0), committed)).records)).toEqual([0])
    expect(baseOffsets((await fetchOne('t', part(0, 0))).records)).toEqual([0, 1, 2])
    await append('t', end(2n, 'ABORT'))
    expect((await fetchOne('t', part(0, 0), committed)).lastStableOffset).toBe(1)
    await append('t', end(1n, 'ABORT'))
    const all = await fetchOne('t', part(0, 0), committed)
    expect(all).toMatchObject({ lastStableOffset: 5, highWatermark: 5 })
    expect(all.abortedTransactions).toEqual([
      { producerId: 1n, firstOffset: 1 },
      { producerId: 2n, firstOffset: 2 },
    ])
    expect(baseOffsets(all.records)).toEqual([0, 1, 2, 3, 4])
    expect((await fetchOne('t', part(0, 4), committed)).abortedTransactions).toEqual([
      { producerId: 1n, firstOffset: 1 },
    ])
  })
})

describe('sessions', () => {
  const all = () => [{ topic: 't', partitions: [part(0, 0), part(1, 0), part(2, 0)] }]
  const told = (answer: Awaited<ReturnType<typeof fetch>>) =>
    answer.responses.flatMap(({ topic, partitions }) => partitions.map((p) => `${topic}-${p.partitionIndex}`))

  beforeEach(async () => {
    broker.createTopic('t', { partitions: 3 })
    await append('t', batchOf(1, 10), 1)
  })

  test('a full fetch with epoch 0 starts one, and is answered in full', async () => {
    const answer = await fetch(all(), { sessionEpoch: 0 })
    expect(answer.sessionId).toBeGreaterThan(0)
    expect(told(answer)).toEqual(['t-0', 't-1', 't-2'])
    expect((await fetch(all(), { sessionEpoch: -1 })).sessionId).toBe(0)
    expect((await fetch([], { sessionEpoch: 0 })).sessionId).toBeGreaterThan(0)
  })

  test('an incremental fetch need not repeat, and is told only what is news', async () => {
    const { sessionId } = await fetch(all(), { sessionEpoch: 0 })
    const read = [{ topic: 't', partitions: [part(1, 1)] }]
    const second = await fetch(read, { sessionId, sessionEpoch: 1 })
    expect(second).toMatchObject({ errorCode: 0, sessionId, responses: [] })
    await append('t', batchOf(1, 10), 2)
    expect(told(await fetch([], { sessionId, sessionEpoch: 2 }))).toEqual(['t-2'])
    // Not read yet, so it is there again; the client has moved on in partition 1 only.
    expect(told(await fetch([], { sessionId, sessionEpoch: 3 }))).toEqual(['t-2'])
    broker.partitions.find('t', 1)!.deleteRecordsTo(1)
    expect(told(await fetch([{ topic: 't', partitions: [part(2, 1)] }], { sessionId, sessionEpoch: 4 }))).toEqual([
      't-1',
    ])
  })

  test('an error is told each time, and its end too', async () => {
    const { sessionId } = await fetch(all(), { sessionEpoch: 0 })
    const beyond = [{ topic: 't', partitions: [part(1, 1), part(0, 5)] }]
    expect(told(await fetch(beyond, { sessionId, sessionEpoch: 1 }))).toEqual(['t-0'])
    expect(told(await fetch([], { sessionId, sessionEpoch: 2 }))).toEqual(['t-0'])
    const mended = [{ topic: 't', partitions: [part(0, 0)] }]
    const answer = await fetch(mended, { sessionId, sessionEpoch: 3 })
    expect(answer.responses[0]!.partitions).toMatchObject([{ partitionIndex: 0, errorCode: 0, highWatermark: 0 }])
  })

  test('who had records goes to the end of the order', async () => {
    const { sessionId } = await fetch(all(), { sessionEpoch: 0 })
    for (const index of [0, 2]) await append('t', batchOf(1, 10), index)
    expect(told(await fetch([], { sessionId, sessionEpoch: 1 }))).toEqual(['t-0', 't-2', 't-1'])
    // Partition 1 had records in the answer that started the session.
    expect(told(await fetch([], { sessionId, sessionEpoch: 2 }))).toEqual(['t-0', 't-2', 't-1'])
  })

  test('partitions can be forgotten and added; when none is left the session ends', async () => {
    const { sessionId } = await fetch(all(), { sessionEpoch: 0 })
    broker.createTopic('u')
    await append('u', batchOf(1, 10))
    const more = [{ topic: 'u', partitions: [part(0, 0)] }]
    const forgotten = [{ topic: 't', partitions: [0, 1] }]
    expect(told(await fetch(more, { sessionId, sessionEpoch: 1, forgotten }))).toEqual(['u-0'])
    const rest = [
      { topic: 't', partitions: [2] },
      { topic: 'u', partitions: [0] },
    ]
    expect(await fetch([], { sessionId, sessionEpoch: 2, forgotten: rest, maxWaitMs: 10_000 })).toMatchObject({
      errorCode: 0,
      sessionId: 0,
      responses: [],
    })
    expect((await fetch([], { sessionId, sessionEpoch: 3 })).errorCode).toBe(70)
  })

  test('an unknown session, a wrong epoch and names mixed with ids are errors of everything', async () => {
    const { sessionId } = await fetch(all(), { sessionEpoch: 0 })
    const refused = (errorCode: number) => ({ errorCode, sessionId: 0, responses: [] })
    expect(await fetch(all(), { sessionId: sessionId + 1, sessionEpoch: 1 })).toMatchObject(refused(70))
    expect(await fetch(all(), { sessionId: 0, sessionEpoch: 5 })).toMatchObject(refused(70))
    expect(await fetch([], { sessionId, sessionEpoch: 4 })).toMatchObject(refused(71))
    expect(await fetch([], { sessionId, sessionEpoch: 1, version: 13 })).toMatchObject(refused(106))
    expect(await fetch([], { sessionId, sessionEpoch: 1 })).toMatchObject({ errorCode: 0, sessionId })
  })

  test('a request closes its session with epoch -1, or with 0 to start another', async () => {
    const { sessionId } = await fetch(all(), { sessionEpoch: 0 })
    const another = await fetch(all(), { sessionId, sessionEpoch: 0 })
    expect(another.sessionId).not.toBe(sessionId)
    expect((await fetch([], { sessionId, sessionEpoch: 1 })).errorCode).toBe(70)
    expect((await fetch(all(), { sessionId: another.sessionId, sessionEpoch: -1 })).sessionId).toBe(0)
    expect(broker.fetchSessions.size).toBe(0)
  })

  test('a topic that was deleted and made again is unknown under its old id', async () => {
    const { id: topicId } = broker.image.topic('t')!
    const asked = [{ topicId, partitions: [part(0, 0)] }]
    const { sessionId } = await fetch(asked, { sessionEpoch: 0, version: 13 })
    broker.deleteTopic('t')
    broker.createTopic('t')
    const answer = await fetch([], { sessionId, sessionEpoch: 1, version: 13 })
    expect(answer).toMatchObject({ errorCode: 0, responses: [{ topicId, partitions: [{ errorCode: 100 }] }] })
  })
})
