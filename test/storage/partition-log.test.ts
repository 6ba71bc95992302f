import { describe, expect, test } from 'vitest'
import { batchesIn } from '../../src/records/batch.js'
import { aBatch, append, bench, DIRECTORY, everythingIn, FROM_CLIENT, NOW, openLog } from './a-log.js'

const LIMITS = { endOffset: Number.MAX_SAFE_INTEGER, minOneBatch: true }

describe('appending', () => {
  test('a batch gets the next offset and the epoch in its own bytes, and nothing else of it changes', () => {
    const log = openLog(bench())
    append(log, { count: 100 })
    const sent = Buffer.from(
      '000000000000000000000047ffffffff022b3eb7f10000000000010000018bcfe568000000018bcfe56805ffffffffffffffffffffffffffff0000000210000000026b02760018000a02010476320202680278',
      'hex',
    )
    log.append(sent, { leaderEpoch: 7, origin: 'client' })
    log.flushQueued()
    const stored = log.read(100, 1000, LIMITS).chunks[0]!
    expect(stored.toString('hex')).toBe(
      '00000000000000640000004700000007022b3eb7f10000000000010000018bcfe568000000018bcfe56805ffffffffffffffffffffffffffff0000000210000000026b02760018000a02010476320202680278',
    )
  })

  test('offsets are given at once; bytes are in the file, and can be read, after the end of the tick', async () => {
    const on = bench()
    const log = openLog(on)
    const told: number[] = []
    log.onWritten((end) => told.push(end))
    expect(log.append(aBatch({ count: 3 }), FROM_CLIENT)).toMatchObject({ baseOffset: 0, lastOffset: 2 })
    expect(log.append(aBatch({ count: 2 }), FROM_CLIENT)).toMatchObject({ baseOffset: 3, lastOffset: 4 })
    expect([log.logEndOffset, log.writtenEndOffset, log.sizeBytes]).toEqual([5, 0, 0])
    expect(log.read(0, 1000, LIMITS).sizeBytes).toBe(0)
    await Promise.resolve()
    expect([log.logEndOffset, log.writtenEndOffset]).toEqual([5, 5])
    expect(told).toEqual([5])
    expect(log.read(0, 1000, LIMITS).nextOffset).toBe(5)
  })

  test('small and large batches of a tick lie in the file in the order in which they came', () => {
    const on = bench()
    const log = openLog(on)
    const sizes = [10, 50_000, 20, 30, 100_000, 100_000, 5]
    for (const [index, valueBytes] of sizes.entries())
      log.append(aBatch({ valueBytes, timestamp: NOW + index }), FROM_CLIENT)
    log.flushQueued()
    const stored = [...batchesIn(on.disk.readFile(`${DIRECTORY}/00000000000000000000.log`)!)]
    expect(stored.map((batch) => batch.maxTimestamp - NOW)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(stored.map((batch) => batch.baseOffset)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(stored.every((batch) => batch.isCrcValid())).toBe(true)
  })

  test('a batch larger than a segment may be is refused', () => {
    const log = openLog(bench(), { segmentBytes: 1000 })
    expect(log.append(aBatch({ valueBytes: 1000 }), FROM_CLIENT)).toEqual({ error: 'RECORD_LIST_TOO_LARGE' })
    expect(log.logEndOffset).toBe(0)
  })

  test('a repeat is answered with the offsets of the first time, also while that is still queued', () => {
    const log = openLog(bench())
    append(log)
    const shape = { count: 3, producerId: 5n, producerEpoch: 0, baseSequence: 0 }
    log.append(aBatch(shape), FROM_CLIENT)
    const repeat = { baseOffset: 1, lastOffset: 3, duplicate: true, logAppendTimeMs: NOW }
    expect(log.append(aBatch(shape), FROM_CLIENT)).toMatchObject(repeat)
    log.flushQueued()
    expect(log.append(aBatch(shape), FROM_CLIENT)).toMatchObject(repeat)
    expect(log.logEndOffset).toBe(4)
  })

  test('a refused batch leaves no trace', () => {
    const log = openLog(bench())
    append(log, { producerId: 5n, producerEpoch: 0, baseSequence: 0 })
    const before = everythingIn(log)
    const refused = aBatch({ producerId: 5n, producerEpoch: 0, baseSequence: 9 })
    expect(log.append(refused, FROM_CLIENT)).toEqual({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
    log.flushQueued()
    expect(everythingIn(log)).toEqual(before)
    expect(log.producers.find(5n)!.lastSequence).toBe(0)
  })

  test('the time of appending is told where the log has stamped it', () => {
    const log = openLog(bench())
    expect(log.append(aBatch({ timestamp: NOW - 5 }), FROM_CLIENT)).toMatchObject({ logAppendTimeMs: -1 })
    const stamped = aBatch({ timestampType: 'LogAppendTime', timestamp: NOW + 1 })
    expect(log.append(stamped, FROM_CLIENT)).toMatchObject({ logAppendTimeMs: NOW + 1 })
  })
})

describe('following a leader', () => {
  const sent = (...offsets: number[]): Buffer =>
    Buffer.concat(offsets.map((baseOffset, index) => aBatch({ baseOffset, leaderEpoch: index, count: 2 })))

  test('batches are kept as they came, their epochs are learned, and a cut one at the end is left out', () => {
    const log = openLog(bench())
    const bytes = sent(0, 2, 4)
    expect(log.appendAsFollower(bytes.subarray(0, bytes.length - 1))).toMatchObject({ nextOffset: 4 })
    log.flushQueued()
    expect(everythingIn(log)).toEqual(sent(0, 2))
    expect(log.leaderEpochs.entries).toEqual([
      { epoch: 0, startOffset: 0 },
      { epoch: 1, startOffset: 2 },
    ])
  })

  test('gaps that compaction has left are fine, steps back are not', () => {
    const log = openLog(bench())
    log.appendAsFollower(sent(0, 10))
    expect(log.logEndOffset).toBe(12)
    expect(log.appendAsFollower(sent(11))).toMatchObject({ error: 'OFFSETS_OUT_OF_ORDER' })
    expect(log.appendAsFollower(sent(20, 20))).toMatchObject({ error: 'OFFSETS_OUT_OF_ORDER' })
    expect(log.logEndOffset).toBe(12)
  })

  test('a wrong checksum is refused', () => {
    const log = openLog(bench())
    const bytes = sent(0)
    bytes[bytes.length - 2]! ^= 1
    expect(log.appendAsFollower(bytes)).toMatchObject({ error: 'CORRUPT_MESSAGE' })
  })

  test('a marker that cannot be read is refused, and what came before it with it: no recovery could read it either', () => {
    const log = openLog(bench())
    const records = [{ timestamp: NOW, key: Buffer.from([0]), value: null }]
    const marker = { isControl: true, isTransactional: true, producerId: 5n, producerEpoch: 0 }
    const unreadable = aBatch({ ...marker, baseOffset: 2, records })
    expect(log.appendAsFollower(Buffer.concat([sent(0), unreadable]))).toMatchObject({ error: 'CORRUPT_MESSAGE' })
    expect([log.logEndOffset, log.failure]).toEqual([0, null])
  })

  test('an empty log whose leader begins inside a batch takes that batch whole', () => {
    const log = openLog(bench())
    log.truncateFullyAndStartAt(101)
    expect(log.appendAsFollower(sent(100, 102))).toMatchObject({ nextOffset: 104 })
    log.flushQueued()
    expect([log.logStartOffset, log.logEndOffset]).toEqual([101, 104])
    expect(log.read(101, 1000, LIMITS)).toMatchObject({ firstBatchOffset: 100, nextOffset: 104 })
  })

  test('offsets too far apart for one segment roll a new one', () => {
    const log = openLog(bench())
    log.appendAsFollower(sent(0, 2 ** 31 + 5))
    log.flushQueued()
    expect(log.segments.map((segment) => segment.baseOffset)).toEqual([0, 2 ** 31 + 5])
    expect(log.read(7, 1000, LIMITS)).toMatchObject({ firstBatchOffset: 2 ** 31 + 5 })
  })
})

describe('rolling', () => {
  const bases = (log: ReturnType<typeof openLog>): number[] => log.segments.map((segment) => segment.baseOffset)

  test('a segment is left before it would become larger than segment.bytes', () => {
    const size = aBatch().length
    const log = openLog(bench(), { segmentBytes: 3 * size })
    for (let i = 0; i < 7; i++) append(log)
    expect(bases(log)).toEqual([0, 3, 6])
  })

  test('queued bytes count like written ones', () => {
    const size = aBatch().length
    const log = openLog(bench(), { segmentBytes: 3 * size })
    for (let i = 0; i < 7; i++) log.append(aBatch(), FROM_CLIENT)
    log.flushQueued()
    expect(bases(log)).toEqual([0, 3, 6])
    expect([...batchesIn(everythingIn(log))].map((batch) => batch.baseOffset)).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  test('time is the time in the records: segment.ms after the first one, and neither before nor by the clock', () => {
    const on = bench()
    const log = openLog(on, { segmentMs: 1000 })
    append(log, { timestamp: NOW })
    on.clock.advance(5000)
    append(log, { timestamp: NOW + 1000 })
    append(log, { timestamp: NOW - 90_000 })
    expect(bases(log)).toEqual([0])
    append(log, { timestamp: NOW + 1001 })
    expect(bases(log)).toEqual([0, 3])
  })

  test('the time of the first record is known again after reopening', () => {
    const on = bench()
    const first = openLog(on, { segmentMs: 1000 })
    append(first, { timestamp: NOW })
    first.close()
    const log = openLog(on, { segmentMs: 1000 })
    append(log, { timestamp: NOW + 1001 })
    expect(bases(log)).toEqual([0, 1])
  })

  test('where records carry no time, the age of the segment counts', () => {
    const on = bench()
    const log = openLog(on, { segmentMs: 1000 })
    append(log, { timestamp: -1 })
    on.clock.advance(1000)
    append(log, { timestamp: -1 })
    expect(bases(log)).toEqual([0])
    on.clock.advance(1)
    append(log, { timestamp: -1 })
    expect(bases(log)).toEqual([0, 2])
  })

  test('a compacted topic rolls after max.compaction.lag.ms where that is shorter', () => {
    const log = openLog(bench(), { segmentMs: 1000, maxCompactionLagMs: 100, cleanupPolicy: new Set(['compact']) })
    append(log, { timestamp: NOW })
    append(log, { timestamp: NOW + 101 })
    expect(bases(log)).toEqual([0, 1])
  })

  test('an index that is full rolls, also in the middle of what one tick brings', () => {
    const log = openLog(bench(), { indexIntervalBytes: 0, segmentIndexBytes: 5 * 12 })
    for (let i = 0; i < 20; i++) log.append(aBatch({ timestamp: NOW + i }), FROM_CLIENT)
    log.flushQueued()
    expect(bases(log)).toEqual([0, 5, 10, 15])
    for (const segment of log.segments) expect(segment.timeIndex.count).toBeLessThanOrEqual(5)
  })

  test('asked for, it begins a new segment, unless the last one is empty', () => {
    const log = openLog(bench())
    append(log)
    log.roll()
    log.roll()
    expect(bases(log)).toEqual([0, 1])
  })

  test('the producers of that moment are kept where the new segment begins', () => {
    const on = bench()
    const size = aBatch({ producerId: 5n, producerEpoch: 0, baseSequence: 0 }).length
    const log = openLog(on, { segmentBytes: size })
    for (let i = 0; i < 3; i++) log.append(aBatch({ producerId: 5n, producerEpoch: 0, baseSequence: i }), FROM_CLIENT)
    log.flushQueued()
    log.close()
    expect(
      on.disk
        .list(DIRECTORY)!
        .filter((name) => name.endsWith('snapshot'))
        .sort(),
    ).toEqual(['00000000000000000001.snapshot', '00000000000000000002.snapshot', '00000000000000000003.snapshot'])
  })
})

describe('the high watermark', () => {
  test('stays between log start and what is written', () => {
    const log = openLog(bench())
    append(log, { count: 5 })
    log.append(aBatch(), FROM_CLIENT)
    log.updateHighWatermark(99)
    expect(log.highWatermark).toBe(5)
    log.flushQueued()
    log.updateHighWatermark(99)
    expect(log.highWatermark).toBe(6)
    log.deleteRecordsTo(4)
    log.updateHighWatermark(0)
    expect(log.highWatermark).toBe(4)
  })

  test('is taken over from the last run as far as the log reaches', () => {
    const on = bench()
    const first = openLog(on)
    append(first, { count: 5 })
    first.close()
    expect(openLog(on, { highWatermark: 3 }).highWatermark).toBe(3)
    expect(openLog(on, { highWatermark: 9 }).highWatermark).toBe(5)
  })
})

describe('truncating', () => {
  test('goes by whole batches, and everything after is as if it had never been', () => {
    const on = bench()
    const log = openLog(on, { segmentBytes: 300, indexIntervalBytes: 50 })
    for (let i = 0; i < 10; i++)
      append(
        log,
        { count: 2, producerId: 5n, producerEpoch: 0, baseSequence: 2 * i, timestamp: NOW + i },
        { leaderEpoch: i },
      )
    log.updateHighWatermark(20)
    const { revision } = log
    log.truncateTo(8)
    expect(log.revision).not.toBe(revision)
    expect([log.logEndOffset, log.writtenEndOffset, log.highWatermark]).toEqual([8, 8, 8])
    expect(log.leaderEpochs.latestEpoch).toBe(3)
    expect(log.producers.find(5n)!.lastSequence).toBe(7)
    expect(log.latestRecord()).toMatchObject({ timestamp: NOW + 3 })
    expect(append(log, { producerId: 5n, producerEpoch: 0, baseSequence: 8 }, { leaderEpoch: 20 })).toBe(8)
    log.close()
    const again = openLog(on, { wasCleanShutdown: false })
    expect(again.logEndOffset).toBe(9)
    expect([...batchesIn(everythingIn(again))].map((batch) => batch.baseOffset)).toEqual([0, 2, 4, 6, 8])
  })

  test('what is written instead is what is read, also from before it on', () => {
    const on = bench()
    const log = openLog(on)
    for (let i = 0; i < 4; i++) append(log, { valueBytes: 10 })
    log.truncateTo(2)
    for (let i = 0; i < 2; i++) append(log, { valueBytes: 20 })
    expect(everythingIn(log).equals(on.disk.readFile(log.segments[0]!.log.path)!)).toBe(true)
  })

  test('what comes instead of flushed records is not taken for flushed', () => {
    const log = openLog(bench(), { flushMessages: 1 })
    for (let i = 0; i < 4; i++) append(log)
    log.truncateTo(2)
    expect(log.recoveryPoint).toBe(2)
  })

  test('what waits to be written goes too, and never comes', () => {
    const log = openLog(bench())
    for (let i = 0; i < 4; i++) append(log)
    log.append(aBatch(), FROM_CLIENT)
    log.truncateTo(2)
    log.flushQueued()
    expect([log.logEndOffset, log.writtenEndOffset, log.sizeBytes]).toEqual([2, 2, 2 * aBatch().length])
  })

  test('an offset inside a batch takes the batch with it', () => {
    const log = openLog(bench())
    append(log, { count: 5 })
    append(log, { count: 5 })
    log.truncateTo(7)
    expect(log.logEndOffset).toBe(7)
    expect([...batchesIn(everythingIn(log))].map((batch) => batch.lastOffset)).toEqual([4])
  })

  test('at or beyond the end only epochs go that begin there', () => {
    const log = openLog(bench())
    append(log, { count: 5 })
    log.beginLeaderEpoch(3)
    expect(log.leaderEpochs.latestEpoch).toBe(3)
    log.truncateTo(5)
    expect([log.logEndOffset, log.leaderEpochs.latestEpoch]).toEqual([5, 0])
  })

  test('before the first segment, or on demand, the log starts empty there', () => {
    const on = bench()
    const log = openLog(on)
    log.truncateFullyAndStartAt(100)
    append(log, { count: 5, producerId: 5n, producerEpoch: 0, baseSequence: 0 })
    log.truncateTo(50)
    expect([log.logStartOffset, log.logEndOffset, log.highWatermark, log.sizeBytes]).toEqual([50, 50, 50, 0])
    expect([log.producers.size, log.leaderEpochs.entries.length]).toEqual([0, 0])
    expect(append(log)).toBe(50)
    log.close()
    expect(openLog(on)).toMatchObject({ logStartOffset: 50, logEndOffset: 51 })
  })

  test('of everything leaves no snapshot of producers that were known before', () => {
    const on = bench()
    const log = openLog(on)
    append(log, { count: 5, producerId: 5n, producerEpoch: 0, baseSequence: 0 })
    log.roll()
    log.truncateFullyAndStartAt(100)
    expect(log.producers.find(5n)).toBeNull()
    expect(on.disk.list(DIRECTORY)!.filter((name) => name.endsWith('.snapshot'))).toEqual([])
  })
})

describe('leader epochs', () => {
  test('an epoch begins where its leader took over, and ends where the next began', () => {
    const on = bench()
    const log = openLog(on)
    log.beginLeaderEpoch(2)
    append(log, { count: 5 }, { leaderEpoch: 2 })
    log.beginLeaderEpoch(4)
    expect(log.endOffsetForEpoch(4)).toEqual({ epoch: 4, endOffset: 5 })
    append(log, { count: 5 }, { leaderEpoch: 4 })
    expect(log.endOffsetForEpoch(2)).toEqual({ epoch: 2, endOffset: 5 })
    expect(log.endOffsetForEpoch(4)).toEqual({ epoch: 4, endOffset: 10 })
    log.close()
    expect(on.disk.readFile(`${DIRECTORY}/leader-epoch-checkpoint`)!.toString()).toBe('0\n2\n2 0\n4 5\n')
  })

  test('the file is there after a kill, as soon as the first batch of an epoch is', () => {
    const on = bench()
    const log = openLog(on)
    log.beginLeaderEpoch(2)
    append(log, {}, { leaderEpoch: 2 })
    const after = openLog({ ...on, disk: on.disk.afterKill() }, { wasCleanShutdown: false })
    expect(after.leaderEpochs.entries).toEqual([{ epoch: 2, startOffset: 0 }])
  })
})
