import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Produce } from '../../src/protocol/messages/produce.js'
import { buildBatch } from '../../src/records/builder.js'
import { buildEndTransactionMarker } from '../../src/records/control.js'
import { baseOffsets, FetchBench, part } from './fetch-bench.js'

let on: FetchBench

beforeEach(async () => {
  on = await FetchBench.start()
})
afterEach(() => on.close())

describe('by its bytes', () => {
  const value = '6869'
  const batch = buildBatch({
    records: [{ timestamp: 1_700_000_000_000, key: null, value: Buffer.from(value, 'hex') }],
  })
  const stored = `0000000000000000 ${batch.subarray(8, 12).toString('hex')} 00000000 ${batch.subarray(16).toString('hex')}`
  const size = batch.length.toString(16).padStart(8, '0')
  const hex = (text: string): string => text.replace(/\s/g, '')

  test('version 4', async () => {
    on.broker.createTopic('t')
    await on.append('t', Buffer.from(batch))
    const raw = await on.broker.connect()
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
    const id = Buffer.from(on.broker.createTopic('t'), 'base64url').toString('hex')
    await on.append('t', Buffer.from(batch))
    const raw = await on.broker.connect()
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
    on.broker.createTopic('t', { partitions: 3 })
    for (let i = 0; i < 4; i++) await on.append('t', on.batchOf(10, 100))
  })

  test('the batch that holds the fetch offset, whole, and those after it', async () => {
    const { records, highWatermark, lastStableOffset, logStartOffset } = await on.fetchOne('t', part(0, 15))
    expect(baseOffsets(records)).toEqual([10, 20, 30])
    expect({ highWatermark, lastStableOffset, logStartOffset }).toEqual({
      highWatermark: 40,
      lastStableOffset: 40,
      logStartOffset: 0,
    })
  })

  test('nothing at the end, without an error', async () => {
    expect(await on.fetchOne('t', part(0, 40))).toMatchObject({
      errorCode: 0,
      highWatermark: 40,
      records: Buffer.alloc(0),
    })
  })

  test('whole batches up to the limit of the partition', async () => {
    const sizeBytes = on.batchOf(10, 100).length
    const limited = part(0, 0, { partitionMaxBytes: 2 * sizeBytes + 5 })
    expect(baseOffsets((await on.fetchOne('t', limited)).records)).toEqual([0, 10])
  })

  test('one batch at least from the first partition that has any, however small the limits are', async () => {
    for (const o of [{ maxBytes: 1 }, { maxBytes: 0 }, {}]) {
      const partitionMaxBytes = 'maxBytes' in o ? 1_000_000 : 0
      await on.append('t', on.batchOf(1, 5), 2)
      const partitions = [1, 0, 2].map((index) => part(index, 0, { partitionMaxBytes }))
      const { responses } = await on.fetch([{ topic: 't', partitions }], o)
      expect(responses[0]!.partitions.map(({ records }) => baseOffsets(records))).toEqual([[], [0], []])
    }
  })

  test('fetch.max.bytes bounds what a client may ask for', async () => {
    on.broker.apply({
      type: 'Config',
      resourceType: 4,
      resourceName: '0',
      name: 'fetch.max.bytes',
      value: '1024',
    })
    const limits = { maxBytes: 2 ** 31 - 1 }
    expect(
      baseOffsets((await on.fetchOne('t', part(0, 0, { partitionMaxBytes: 2 ** 31 - 1 }), limits)).records).length,
    ).toBeGreaterThan(0)
  })

  test('negative limits are an error of the partition, where there is something to read', async () => {
    expect(await on.fetchOne('t', part(0, 0, { partitionMaxBytes: -1 }))).toMatchObject({
      errorCode: -1,
      highWatermark: -1,
    })
    expect(await on.fetchOne('t', part(0, 0), { maxBytes: -1 })).toMatchObject({ errorCode: -1 })
    const { logEndOffset } = on.broker.partitions.find('t', 0)!.log
    for (const [partitionMaxBytes, maxBytes] of [
      [-1, 1000],
      [1000, -1],
    ] as const) {
      const atEnd = await on.fetchOne('t', part(0, logEndOffset, { partitionMaxBytes }), { maxBytes })
      expect(atEnd).toMatchObject({ errorCode: 0, highWatermark: logEndOffset })
    }
  })

  test('partitions in the order of the request, unknown ones last', async () => {
    const { responses } = await on.fetch([
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
    on.broker.createTopic('t')
    on.broker.createTopic('elsewhere', { replicas: [1] })
    on.broker.createTopic('followed', { replicas: [1, 0], leader: 1 })
    await on.append('t', on.batchOf(10, 10))
  })

  const failed = (errorCode: number) => ({
    errorCode,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    records: Buffer.alloc(0),
  })

  test('an offset beyond the end, below the start or negative is out of range', async () => {
    await on.peer.call(Produce, 9, { transactionalId: null, acks: 1, timeoutMs: 0, topicData: [] })
    expect(on.broker.partitions.find('t', 0)!.deleteRecordsTo(4)).toBe(0)
    for (const offset of [11, 3, -5]) expect(await on.fetchOne('t', part(0, offset))).toMatchObject(failed(1))
    expect(await on.fetchOne('t', part(0, 4))).toMatchObject({ errorCode: 0, logStartOffset: 4 })
  })

  test('the list of aborted transactions is null, but empty where no log was looked at', async () => {
    expect((await on.fetchOne('t', part(0, 99), { isolationLevel: 1 })).abortedTransactions).toBeNull()
    expect((await on.fetchOne('nope', part(0, 0))).abortedTransactions).toEqual([])
    expect((await on.fetchOne('t', part(0, 0))).abortedTransactions).toBeNull()
    expect((await on.fetchOne('t', part(0, 0), { isolationLevel: 1 })).abortedTransactions).toEqual([])
  })

  test('an old leader epoch is fenced, a newer one not known yet', async () => {
    on.broker.changePartition('t', 0, { leader: 0 })
    const { leaderEpoch } = on.broker.partitions.find('t', 0)!
    expect(leaderEpoch).toBe(1)
    expect(await on.fetchOne('t', part(0, 0, { currentLeaderEpoch: 0 }))).toMatchObject(failed(74))
    expect(await on.fetchOne('t', part(0, 0, { currentLeaderEpoch: 1 }))).toMatchObject({ errorCode: 0 })
    expect(await on.fetchOne('t', part(0, 0, { currentLeaderEpoch: 2 }))).toMatchObject(failed(75))
  })

  test('a partition that lies elsewhere is refused; a follower answers consumers from version 11 on', async () => {
    expect(await on.fetchOne('elsewhere', part(0, 0))).toMatchObject(failed(6))
    expect(await on.fetchOne('followed', part(0, 0), { version: 10 })).toMatchObject({ errorCode: 6 })
    expect(await on.fetchOne('followed', part(0, 0), { version: 11 })).toMatchObject({ errorCode: 0 })
  })

  test('an isolation level that does not exist is an error of everything', async () => {
    const answer = await on.fetch([{ topic: 't', partitions: [part(0, 0)] }], { isolationLevel: 7 })
    expect(answer.errorCode).toBe(-1)
    expect(answer.responses[0]!.partitions[0]).toMatchObject({ partitionIndex: 0, errorCode: -1, highWatermark: -1 })
  })

  test('an unknown topic id is 100 from version 13 on', async () => {
    const topicId = 'AAAAAAAAAAAAAAAAAAAAAw'
    const { responses } = await on.fetch([{ topicId, partitions: [part(0, 0)] }], { version: 13 })
    expect(responses).toMatchObject([{ topicId, partitions: [{ errorCode: 100 }] }])
  })

  test('a stranger that fetches as a replica is told to try again', async () => {
    expect(await on.fetchOne('t', part(0, 0), { replicaId: 5 })).toMatchObject(failed(6))
    expect(await on.fetchOne('t', part(0, 0), { replicaId: 0 })).toMatchObject(failed(6))
    expect(await on.fetchOne('t', part(0, 0, { currentLeaderEpoch: 0 }), { replicaId: 5 })).toMatchObject(failed(75))
  })

  test('who fetched an epoch that the leader does not know is out of range; who parted is told where', async () => {
    expect(await on.fetchOne('t', part(0, 1, { lastFetchedEpoch: 5 }))).toMatchObject(failed(1))
    expect(await on.fetchOne('t', part(0, 1, { lastFetchedEpoch: 0 }))).toMatchObject({ errorCode: 0 })
    on.broker.changePartition('t', 0, { leader: 0 })
    await on.append('t', on.batchOf(5, 10))
    const { errorCode, divergingEpoch, records } = await on.fetchOne('t', part(0, 12, { lastFetchedEpoch: 0 }))
    expect({ errorCode, divergingEpoch }).toEqual({ errorCode: 0, divergingEpoch: { epoch: 0, endOffset: 10 } })
    expect(records!.length).toBe(0)
  })

  test('who leads instead is told from version 16 on', async () => {
    const ask = (version: number) =>
      on.fetch([{ topicId: on.broker.image.topic('elsewhere')!.id, partitions: [part(0, 0)] }], { version })
    expect((await ask(16)).responses[0]!.partitions[0]!.currentLeader).toEqual({ leaderId: 1, leaderEpoch: 0 })
    expect((await ask(15)).responses[0]!.partitions[0]!.currentLeader).toEqual({ leaderId: -1, leaderEpoch: -1 })
  })
})

describe('what others may read', () => {
  test('consumers read up to the high watermark, which is the least that any in-sync replica has', async () => {
    on.broker.createTopic('t', { replicas: [0, 1, 2] })
    await on.append('t', on.batchOf(10, 10))
    expect(await on.fetchOne('t', part(0, 0))).toMatchObject({
      errorCode: 0,
      highWatermark: 0,
      records: Buffer.alloc(0),
    })
    expect(await on.fetchOne('t', part(0, 5))).toMatchObject({ errorCode: 0, records: Buffer.alloc(0) })
    const asReplica = await on.fetchOne('t', part(0, 0, { logStartOffset: 0 }), { replicaId: 1 })
    expect(baseOffsets(asReplica.records)).toEqual([0])
    expect((await on.fetchOne('t', part(0, 10, { logStartOffset: 0 }), { replicaId: 1 })).highWatermark).toBe(0)
    await on.fetchOne('t', part(0, 10, { logStartOffset: 0 }), { replicaId: 2 })
    expect(baseOffsets((await on.fetchOne('t', part(0, 0))).records)).toEqual([0])
  })

  test('a replica that leaves the in-sync set holds the high watermark back no longer', async () => {
    on.broker.createTopic('t', { replicas: [0, 1] })
    await on.append('t', on.batchOf(10, 10))
    on.broker.changePartition('t', 0, { isr: [0] })
    expect((await on.fetchOne('t', part(0, 0))).highWatermark).toBe(10)
  })

  test('the high watermark stays while there are too few in-sync replicas', async () => {
    on.broker.createTopic('t', { replicas: [0, 1], configs: { 'min.insync.replicas': '2' } })
    on.broker.changePartition('t', 0, { isr: [0] })
    await on.append('t', on.batchOf(10, 10))
    expect((await on.fetchOne('t', part(0, 0))).highWatermark).toBe(0)
    on.broker.changePartition('t', 0, { isr: [0, 1] })
    await on.fetchOne('t', part(0, 10, { logStartOffset: 0 }), { replicaId: 1 })
    expect((await on.fetchOne('t', part(0, 0))).highWatermark).toBe(10)
  })

  test('who reads committed records stops at the first open transaction, and is told what was aborted', async () => {
    on.broker.createTopic('t')
    const transactional = (producerId: bigint, baseSequence: number): Buffer =>
      buildBatch({
        isTransactional: true,
        producerId,
        producerEpoch: 0,
        baseSequence,
        records: [{ timestamp: on.clock.now(), key: null, value: Buffer.from('x') }],
      })
    const end = (producerId: bigint, type: 'ABORT' | 'COMMIT'): Buffer =>
      buildEndTransactionMarker({ producerId, producerEpoch: 0, coordinatorEpoch: 0, timestamp: on.clock.now(), type })
    await on.append('t', on.batchOf(1, 10))
    await on.append('t', transactional(1n, 0))
    await on.append('t', transactional(2n, 0))
    const committed = { isolationLevel: 1 }
    expect(await on.fetchOne('t', part(0, 0), committed)).toMatchObject({ highWatermark: 3, lastStableOffset: 1 })
    expect(baseOffsets((await on.fetchOne('t', part(0, 0), committed)).records)).toEqual([0])
    expect(baseOffsets((await on.fetchOne('t', part(0, 0))).records)).toEqual([0, 1, 2])
    await on.append('t', end(2n, 'ABORT'))
    expect((await on.fetchOne('t', part(0, 0), committed)).lastStableOffset).toBe(1)
    await on.append('t', end(1n, 'ABORT'))
    const all = await on.fetchOne('t', part(0, 0), committed)
    expect(all).toMatchObject({ lastStableOffset: 5, highWatermark: 5 })
    expect(all.abortedTransactions).toEqual([
      { producerId: 1n, firstOffset: 1 },
      { producerId: 2n, firstOffset: 2 },
    ])
    expect(baseOffsets(all.records)).toEqual([0, 1, 2, 3, 4])
    expect((await on.fetchOne('t', part(0, 4), committed)).abortedTransactions).toEqual([
      { producerId: 1n, firstOffset: 1 },
    ])
  })
})
