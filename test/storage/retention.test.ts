import { describe, expect, test, vi } from 'vitest'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { aBatch, append, type Bench, bench, DIRECTORY, FROM_CLIENT, NOW, openLog } from './a-log.js'

const SIZE = aBatch().length
const HOUR = 3_600_000

/** Batches of one record, two to a segment, `times` after the clock's start; all below the high watermark. */
function aLog(on: Bench, times: readonly number[], settings: Parameters<typeof openLog>[1] = {}): PartitionLog {
  const log = openLog(on, { segmentBytes: 2 * SIZE, ...settings })
  for (const ms of times) append(log, { timestamp: NOW + ms })
  log.updateHighWatermark(log.logEndOffset)
  return log
}

const bases = (log: PartitionLog): number[] => log.segments.map((segment) => segment.baseOffset)

describe('retention by time', () => {
  test('a segment goes when its youngest record is older than retention.ms', () => {
    const on = bench()
    const log = aLog(on, [0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR], { retentionMs: 10 * HOUR })
    on.clock.advance(11 * HOUR)
    expect(log.deleteOldSegments()).toBe(0)
    on.clock.advance(1)
    expect(log.deleteOldSegments()).toBe(1)
    expect([log.logStartOffset, bases(log)]).toEqual([2, [2, 4]])
  })

  test('goes a few segments at a time where that is asked for, the oldest first', () => {
    const on = bench()
    const log = aLog(on, Array(10).fill(0), { retentionMs: HOUR })
    on.clock.advance(2 * HOUR)
    expect(log.deleteOldSegments(2)).toBe(2)
    expect([log.logStartOffset, bases(log)]).toEqual([4, [4, 6, 8]])
    expect([log.deleteOldSegments(2), log.deleteOldSegments(2), log.deleteOldSegments(2)]).toEqual([2, 1, 0])
    expect([log.logStartOffset, bases(log)]).toEqual([10, [10]])
  })

  test('a record from the future keeps its segment and everything after it', () => {
    const on = bench()
    const log = aLog(on, [0, 0, 99 * HOUR, 0, 0, 0, 0], { retentionMs: HOUR })
    on.clock.advance(2 * HOUR)
    expect(log.deleteOldSegments()).toBe(1)
    expect(log.logStartOffset).toBe(2)
  })

  test('the last segment goes too, and a new empty one takes its place', () => {
    const on = bench()
    const log = aLog(on, [0, 0, 0], { retentionMs: HOUR })
    on.clock.advance(2 * HOUR)
    expect(log.deleteOldSegments()).toBe(2)
    expect([log.logStartOffset, log.logEndOffset, bases(log)]).toEqual([3, 3, [3]])
    expect(log.deleteOldSegments()).toBe(0)
    expect(append(log)).toBe(3)
  })

  test('a record that waits to be written when the last segment goes is not taken away with it', () => {
    const on = bench()
    const log = aLog(on, [0, 0, 0], { retentionMs: HOUR })
    log.onWritten((end) => log.updateHighWatermark(end))
    on.clock.advance(2 * HOUR)
    log.append(aBatch({ timestamp: on.clock.now() }), FROM_CLIENT)
    log.deleteOldSegments()
    log.flushQueued()
    expect([log.logStartOffset, log.writtenEndOffset]).toEqual([2, 4])
    expect(log.read(3, 1, { endOffset: 4, minOneBatch: true }).firstBatchOffset).toBe(3)
  })

  test('records without a time live as long as their file has not been changed', () => {
    const on = bench()
    on.disk.now = NOW + HOUR
    const log = openLog(on, { segmentBytes: 2 * SIZE, retentionMs: 10 * HOUR })
    for (let i = 0; i < 3; i++) append(log, { timestamp: -1 })
    log.updateHighWatermark(3)
    on.clock.advance(11 * HOUR)
    expect(log.deleteOldSegments()).toBe(0)
    on.clock.advance(1)
    expect(log.deleteOldSegments()).toBe(2)
  })

  test('-1 keeps everything', () => {
    const on = bench()
    const log = aLog(on, [0, 0, 0], { retentionMs: -1 })
    on.clock.advance(1e12)
    expect(log.deleteOldSegments()).toBe(0)
  })

  test('what is not below the high watermark stays', () => {
    const on = bench()
    const log = aLog(on, [0, 0, 0, 0, 0], { retentionMs: HOUR })
    log.updateHighWatermark(3)
    on.clock.advance(2 * HOUR)
    expect(log.deleteOldSegments()).toBe(1)
    expect(log.logStartOffset).toBe(2)
  })
})

describe('retention by size', () => {
  test('the oldest segments go as long as what is left is not smaller than retention.bytes', () => {
    const log = aLog(bench(), [0, 0, 0, 0, 0, 0, 0], { retentionBytes: 4 * SIZE })
    expect(log.deleteOldSegments()).toBe(1)
    expect(log.sizeBytes).toBe(5 * SIZE)
    expect(log.deleteOldSegments()).toBe(0)
  })

  test('0 removes all', () => {
    const log = aLog(bench(), [0, 0, 0], { retentionBytes: 0 })
    expect(log.deleteOldSegments()).toBe(2)
    expect([log.logStartOffset, log.sizeBytes]).toEqual([3, 0])
  })
})

describe('a topic whose policy does not say delete', () => {
  test('keeps what is old and large, and gives up what lies before the log start', () => {
    const on = bench()
    const cleanupPolicy = new Set(['compact'] as const)
    const log = aLog(on, [0, 0, 0, 0, 0], { retentionMs: 1, retentionBytes: 1, cleanupPolicy })
    on.clock.advance(HOUR)
    expect(log.deleteOldSegments()).toBe(0)
    log.deleteRecordsTo(3)
    expect([log.logStartOffset, bases(log)]).toEqual([3, [2, 4]])
  })
})

describe('deleting records', () => {
  test('the log start may lie inside a batch; whole segments before it go', () => {
    const on = bench()
    const log = openLog(on)
    append(log, { count: 10 })
    log.roll()
    append(log, { count: 10 })
    log.updateHighWatermark(20)
    expect(log.deleteRecordsTo(15)).toBe(15)
    expect(bases(log)).toEqual([10])
    const read = log.read(15, 1000, { endOffset: 20, minOneBatch: true })
    expect(read.firstBatchOffset).toBe(10)
    expect(() => log.read(14, 1000, { endOffset: 20, minOneBatch: true })).toThrow()
  })

  test('an offset below the log start changes nothing', () => {
    const log = aLog(bench(), [0, 0, 0])
    expect(log.deleteRecordsTo(2)).toBe(2)
    expect(log.deleteRecordsTo(1)).toBe(2)
  })

  test('the epoch that covers the log start begins there', () => {
    const log = openLog(bench())
    append(log, { count: 5 }, { leaderEpoch: 1 })
    append(log, { count: 5 }, { leaderEpoch: 2 })
    log.updateHighWatermark(10)
    log.deleteRecordsTo(7)
    expect(log.leaderEpochs.entries).toEqual([{ epoch: 2, startOffset: 7 }])
  })

  test('each time the log start moves, whoever writes it down is told', () => {
    let told = 0
    const on = bench()
    const log = openLog(on, { onLogStart: () => ++told > 0, retentionMs: HOUR, segmentBytes: 2 * SIZE })
    for (let i = 0; i < 4; i++) append(log)
    log.updateHighWatermark(4)
    log.deleteRecordsTo(1)
    expect(told).toBe(1)
    log.deleteRecordsTo(1)
    expect(told).toBe(1)
    on.clock.advance(2 * HOUR)
    log.deleteOldSegments()
    expect(told).toBe(2)
  })
})

describe('files of deleted segments', () => {
  const deleted = (on: Bench): string[] => on.disk.list(DIRECTORY)!.filter((name) => name.endsWith('.deleted'))

  test('are renamed at once and removed after file.delete.delay.ms', async () => {
    const on = bench()
    const log = aLog(on, [0, 0, 0], { fileDeleteDelayMs: 5000 })
    log.deleteRecordsTo(2)
    expect(deleted(on).sort()).toEqual([
      '00000000000000000000.index.deleted',
      '00000000000000000000.log.deleted',
      '00000000000000000000.timeindex.deleted',
    ])
    on.clock.advance(4999)
    expect(deleted(on)).toHaveLength(3)
    on.clock.advance(1)
    await vi.waitFor(() => expect(deleted(on)).toHaveLength(0))
  })

  test('go with the snapshots that no start needs any more', () => {
    const on = bench()
    const log = openLog(on, { segmentBytes: 1 + aBatch({ producerId: 1n, producerEpoch: 0, baseSequence: 0 }).length })
    for (let i = 0; i < 4; i++) append(log, { producerId: 1n, producerEpoch: 0, baseSequence: i })
    log.updateHighWatermark(4)
    log.deleteRecordsTo(2)
    const snapshots = on.disk.list(DIRECTORY)!.filter((name) => name.endsWith('.snapshot'))
    expect(snapshots.sort()).toEqual(['00000000000000000002.snapshot', '00000000000000000003.snapshot'])
    // Many at once would hold all others up: they are removed like segments.
    expect(deleted(on)).toContain('00000000000000000001.snapshot.deleted')
  })

  test('go also where somebody has taken such a snapshot away', () => {
    const on = bench()
    const log = openLog(on, { segmentBytes: 1 + aBatch({ producerId: 1n, producerEpoch: 0, baseSequence: 0 }).length })
    for (let i = 0; i < 4; i++) append(log, { producerId: 1n, producerEpoch: 0, baseSequence: i })
    log.updateHighWatermark(4)
    on.disk.remove(`${DIRECTORY}/00000000000000000001.snapshot`)
    expect(log.deleteRecordsTo(2)).toBe(2)
    expect(log.failure).toBeNull()
  })

  test('are gone when the log has been closed, and leave no timer behind', () => {
    const on = bench()
    const log = aLog(on, [0, 0, 0])
    log.deleteRecordsTo(2)
    log.close()
    expect([deleted(on), on.clock.timers]).toEqual([[], 0])
  })
})

describe('producers that have been idle', () => {
  test('are forgotten when asked to, and by the next start', () => {
    const on = bench()
    const producer = { producerId: 5n, producerEpoch: 0, baseSequence: 0 }
    const log = openLog(on, { producerIdleMs: HOUR })
    append(log, producer)
    log.expireProducers()
    expect(log.producers.size).toBe(1)
    log.close()
    expect(openLog(on, { producerIdleMs: HOUR }).producers.size).toBe(1)
    on.clock.advance(HOUR)
    expect(openLog(on, { producerIdleMs: HOUR }).producers.size).toBe(0)
    expect(openLog(on, { producerIdleMs: HOUR + 1 }).producers.size).toBe(1)
  })
})
