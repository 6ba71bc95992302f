import { describe, expect, test, vi } from 'vitest'
import { buildBatch, type RecordInput } from '../../src/records/builder.js'
import { dueRange } from '../../src/storage/clean-range.js'
import { segmentFileName } from '../../src/storage/file-names.js'
import type { LogConfig } from '../../src/storage/log-config.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { seededRandom } from '../support/seeded-random.js'
import { aBatch, type Bench, bench, DIRECTORY, FROM_CLIENT, NOW, openLog } from './a-log.js'
import { batchesOfLog, end, pair, put, recordsOf } from './a-table.js'
import { compactFully, compactNow } from './compact-now.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const P = 5n

function compacted(on: Bench = bench(), settings: Partial<LogConfig> = {}): PartitionLog {
  return openLog(on, { cleanupPolicy: new Set(['compact']), minCleanableDirtyRatio: 0, ...settings })
}

/** A segment for each list of pairs, and an empty one to write to. */
function fill(log: PartitionLog, ...segments: string[][]): void {
  for (const pairs of segments) {
    put(log, pairs)
    log.roll()
  }
}

/** As a producer wrote it before the topic was compacted. */
function keyless(): Buffer {
  return buildBatch({ records: [{ timestamp: NOW, key: null, value: Buffer.from('x') }] })
}

const bases = (log: PartitionLog): number[] => log.segments.map(({ baseOffset }) => baseOffset)

describe('what is compacted', () => {
  test('is closed segments, and never the one that is written to', async () => {
    const log = compacted()
    put(log, ['a=1', 'a=2'])
    expect(dueRange(log, NOW)).toBeNull()
    log.roll()
    put(log, ['a=3'])
    expect(await compactNow(log, NOW)).toBe(2)
    expect(recordsOf(log)).toEqual(['1:a=2', '2:a=3'])
  })

  test('is no log whose policy is delete', () => {
    const log = compacted(bench(), { cleanupPolicy: new Set(['delete']) })
    fill(log, ['a=1'], ['a=2'])
    expect(dueRange(log, NOW)).toBeNull()
  })

  test('is a log with more dirt than min.cleanable.dirty.ratio', async () => {
    const log = compacted(bench(), { minCleanableDirtyRatio: 0.5 })
    fill(log, ['a=1'])
    expect(dueRange(log, NOW)).toMatchObject({ firstDirty: 0, firstUncleanable: 1, dirtyRatio: 1 })
    await compactNow(log, NOW)
    fill(log, ['b=1'])
    expect(dueRange(log, NOW)).toBeNull()
    fill(log, ['b=2'])
    expect(dueRange(log, NOW)).toMatchObject({ firstDirty: 1, firstUncleanable: 3, dirtyRatio: 2 / 3 })
  })

  test('is a clean log too once a record has waited for max.compaction.lag.ms', async () => {
    const log = compacted(bench(), { minCleanableDirtyRatio: 1, maxCompactionLagMs: HOUR })
    fill(log, ['a=1'])
    expect(dueRange(log, NOW + HOUR)).toBeNull()
    expect(dueRange(log, NOW + HOUR + 1)).toMatchObject({ isOverdue: true })
  })

  test('ends before the first segment with a record younger than min.compaction.lag.ms', async () => {
    const log = compacted(bench(), { minCompactionLagMs: HOUR })
    fill(log, ['a=1'])
    put(log, ['a=2'], { timestamp: NOW + 1 })
    log.roll()
    expect(dueRange(log, NOW + HOUR - 1)).toBeNull()
    expect(dueRange(log, NOW + HOUR)).toMatchObject({ firstUncleanable: 1 })
    expect(dueRange(log, NOW + HOUR + 1)).toMatchObject({ firstUncleanable: 2 })
  })

  test('ends before the segment with the first record that is not decided', () => {
    const log = compacted()
    fill(log, ['a=1'])
    put(log, ['a=2'], { producerId: P, producerEpoch: 0, baseSequence: 0, isTransactional: true })
    log.roll()
    fill(log, ['a=3'])
    expect(dueRange(log, NOW)).toMatchObject({ firstUncleanable: 1 })
    log.updateHighWatermark(0)
    expect(dueRange(log, NOW)).toBeNull()
  })

  test('begins at the log start again where the checkpoint cannot be true', () => {
    const on = bench()
    fill(compacted(on), ['a=1'], ['a=2'])
    const log = openLog(on, { cleanupPolicy: new Set(['compact']), cleanedOffset: 99 })
    log.updateHighWatermark(2)
    expect(dueRange(log, NOW)).toMatchObject({ firstDirty: 0, firstUncleanable: 2 })
  })

  test('is what was written anew, too, where the end of the log was cut off', async () => {
    const log = compacted()
    fill(log, ['a=1', 'b=1'], ['a=2', 'b=2'])
    await compactNow(log, NOW)
    expect(log.cleanedOffset).toBe(4)
    log.truncateTo(2)
    expect(log.cleanedOffset).toBe(2)
  })

  test('is what one pass can hold the keys of; the next goes on there', async () => {
    const log = compacted()
    fill(log, ['a=1', 'b=1', 'c=1', 'd=1'], ['a=2', 'b=2', 'c=2', 'd=2'])
    expect(await compactNow(log, NOW, 3)).toBe(3)
    expect(recordsOf(log)).toHaveLength(8)
    await compactFully(log, NOW, 3)
    // a and b of the second round were met in two passes that did not know of each other's keys.
    expect(recordsOf(log)).toEqual(['4:a=2', '5:b=2', '6:c=2', '7:d=2'])
    expect(log.cleanedOffset).toBe(8)
  })
})

describe('what stays', () => {
  test('is the last record of each key, at its own offset and in its own batch', async () => {
    const log = compacted()
    fill(log, ['a=1', 'b=1', 'a=2'], ['b=2', 'c=1'])
    await compactNow(log, NOW)
    expect(recordsOf(log)).toEqual(['2:a=2', '3:b=2', '4:c=1'])
    expect(batchesOfLog(log).map((batch) => [batch.baseOffset, batch.lastOffset, batch.isCrcValid()])).toEqual([
      [0, 2, true],
      [3, 4, true],
    ])
  })

  test('is nothing without a key', async () => {
    const log = compacted()
    log.append(keyless(), FROM_CLIENT)
    fill(log, ['a=1'])
    await compactNow(log, NOW)
    expect(recordsOf(log)).toEqual(['1:a=1'])
  })

  test.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('is packed with %s as before', async (compression) => {
    const log = compacted()
    put(log, ['a=1', 'b=1', 'c=1'], { compression })
    log.roll()
    fill(log, ['a=2'])
    await compactNow(log, NOW)
    expect(recordsOf(log)).toEqual(['1:b=1', '2:c=1', '3:a=2'])
    expect(batchesOfLog(log)[0]).toMatchObject({ compression, baseOffset: 0, lastOffset: 2 })
  })

  test('is the time of appending', async () => {
    const log = compacted()
    put(log, ['a=1', 'b=1'], { timestampType: 'LogAppendTime', maxTimestamp: NOW + 7 })
    log.roll()
    fill(log, ['a=2'])
    await compactNow(log, NOW)
    const [batch] = batchesOfLog(log)
    expect([batch!.timestampType, batch!.maxTimestamp]).toEqual(['LogAppendTime', NOW + 7])
    expect([...batch!.records()].map(({ timestamp }) => timestamp)).toEqual([NOW + 7])
  })

  test('is an empty batch where a producer wrote last, so that its sequence is known', async () => {
    const on = bench()
    const log = compacted(on)
    put(log, ['a=1'], { producerId: P, producerEpoch: 3, baseSequence: 0 })
    put(log, ['a=2'], { producerId: P, producerEpoch: 3, baseSequence: 1 })
    log.roll()
    fill(log, ['a=3'], ['b=1'])
    await compactNow(log, NOW)
    expect(batchesOfLog(log).map((batch) => [batch.baseOffset, batch.recordCount])).toEqual([
      [1, 0],
      [2, 1],
      [3, 1],
    ])
    expect(batchesOfLog(log)[0]).toMatchObject({ producerId: P, producerEpoch: 3, baseSequence: 1, lastSequence: 1 })
    log.abandon()
    const recovered = openLog(on, { wasCleanShutdown: false })
    expect(recovered.producers.find(P)).toMatchObject({ epoch: 3, lastSequence: 1 })
  })

  test('is an empty batch where the range ends, so that its offsets are not forgotten', async () => {
    const on = bench()
    const log = compacted(on)
    fill(log, ['a=1'])
    log.append(keyless(), FROM_CLIENT)
    log.flushQueued()
    log.updateHighWatermark(2)
    log.roll()
    await compactNow(log, NOW)
    expect(batchesOfLog(log).map((batch) => [batch.baseOffset, batch.lastOffset, batch.recordCount])).toEqual([
      [0, 0, 1],
      [1, 1, 0],
    ])
    log.close()
    expect(openLog(on, {}).logEndOffset).toBe(2)
  })

  test('is smaller, and so several segments become one of at most segment.bytes', async () => {
    const on = bench()
    const log = compacted(on, { segmentBytes: 150 })
    fill(log, ['a=1', 'b=1', 'c=1', 'd=1'], ['a=2', 'b=2', 'c=2', 'd=2'], ['a=3', 'b=3', 'c=3', 'd=3'])
    await compactNow(log, NOW)
    put(log, ['e=1'])
    log.roll()
    await compactNow(log, NOW)
    expect(bases(log)).toEqual([0, 12, 13])
    expect(recordsOf(log)).toEqual(['8:a=3', '9:b=3', '10:c=3', '11:d=3', '12:e=1'])
  })

  test('is there after a power failure too: by then it is written down that the log is compacted up to there', async () => {
    const on = bench()
    on.disk.makeDirectory('/logs')
    on.disk.syncDirectory('/')
    const log = compacted(on)
    fill(log, ['a=1', 'b=1'], ['a=2'])
    log.flush()
    await compactNow(log, NOW)
    const records = recordsOf(log)
    expect(records).toEqual(['1:b=1', '2:a=2'])
    for (let seed = 1; seed <= 10; seed++) {
      const left = bench(on.disk.afterHarshPowerFailure(seededRandom(seed)))
      expect(recordsOf(openLog(left, { wasCleanShutdown: false }))).toEqual(records)
    }
  })

  test('ends its index of times with its youngest record, as every segment that is not written to any more', async () => {
    const log = compacted()
    fill(log, ['a=1'], ['b=1'])
    await compactNow(log, NOW)
    expect(log.segments[0]!.timeIndex.last()).toEqual({ timestamp: NOW, offset: 0 })
  })

  test('carries the time of the newest file that it was made from', async () => {
    const on = bench()
    on.disk.now = NOW - DAY
    const log = compacted(on)
    fill(log, ['a=1'])
    on.disk.now = NOW
    await compactNow(log, NOW)
    expect(on.disk.stat(log.segments[0]!.log.path)!.modifiedMs).toBe(NOW - DAY)
  })
})

describe('a tombstone', () => {
  test('removes the values before it at once, and goes after delete.retention.ms', async () => {
    const log = compacted(bench(), { deleteRetentionMs: HOUR })
    fill(log, ['a=1', 'b=1'], ['a', 'c=1'])
    await compactNow(log, NOW)
    expect(recordsOf(log)).toEqual(['1:b=1', '2:a', '3:c=1'])
    const [, tombstones] = batchesOfLog(log)
    expect([tombstones!.deleteHorizonMs, tombstones!.maxTimestamp]).toEqual([NOW + HOUR, NOW])
    expect([...tombstones!.records()].map(({ timestamp }) => timestamp)).toEqual([NOW, NOW])
    fill(log, ['d=1'])
    await compactNow(log, NOW + HOUR - 1)
    expect(recordsOf(log)).toContain('2:a')
    fill(log, ['e=1'])
    await compactNow(log, NOW + HOUR)
    expect(recordsOf(log)).toEqual(['1:b=1', '3:c=1', '4:d=1', '5:e=1'])
  })
})

describe('a transaction', () => {
  const inTransaction = { producerId: P, producerEpoch: 0, isTransactional: true }

  test('that was aborted loses its records, then its marker, and hides no earlier value', async () => {
    const log = compacted(bench(), { deleteRetentionMs: HOUR })
    fill(log, ['a=1'])
    put(log, ['a=2'], { ...inTransaction, baseSequence: 0 })
    end(log, 'ABORT', { producerId: P })
    put(log, ['b=1'], { ...inTransaction, baseSequence: 1 })
    end(log, 'COMMIT', { producerId: P })
    log.roll()
    await compactNow(log, NOW)
    expect(recordsOf(log)).toEqual(['0:a=1', '3:b=1'])
    expect(batchesOfLog(log).map((batch) => [batch.baseOffset, batch.isControl, batch.deleteHorizonMs])).toEqual([
      [0, false, null],
      [2, true, null],
      [3, false, null],
      [4, true, null],
    ])
    fill(log, ['c=1'])
    await compactNow(log, NOW + 1)
    expect(batchesOfLog(log).find((batch) => batch.baseOffset === 2)!.deleteHorizonMs).toBe(NOW + 1 + HOUR)
    expect(log.abortedTransactions(0, 99)).toEqual([])
    fill(log, ['d=1'])
    await compactNow(log, NOW + 1 + HOUR)
    expect(batchesOfLog(log).map(({ baseOffset }) => baseOffset)).toEqual([0, 3, 4, 5, 6])
  })

  test('that was aborted stays in the index while a batch of it does', async () => {
    const log = compacted()
    put(log, ['a=1'], { ...inTransaction, baseSequence: 0 })
    log.roll()
    end(log, 'ABORT', { producerId: P })
    fill(log, ['b=1'])
    await compactNow(log, NOW)
    expect(batchesOfLog(log).map((batch) => [batch.baseOffset, batch.recordCount])).toEqual([
      [0, 0],
      [1, 1],
      [2, 1],
    ])
    expect(log.abortedTransactions(0, 99)).toMatchObject([{ producerId: P, firstOffset: 0, lastOffset: 1 }])
  })
})

describe('while segments are replaced', () => {
  test('sixteen become one at most, in one pass', async () => {
    const log = compacted()
    fill(log, ...Array.from({ length: 40 }, (_, i) => [`k${i}=1`]))
    await compactNow(log, NOW)
    expect(log.segments.map(({ baseOffset }) => baseOffset)).toEqual([0, 16, 32, 40])
    expect(recordsOf(log)).toHaveLength(40)
  })

  test('the old files stay for file.delete.delay.ms, and with them the producers as of their beginning', async () => {
    const on = bench()
    const log = compacted(on, { fileDeleteDelayMs: 1000 })
    fill(log, ['a=1'], ['a=2'])
    await compactNow(log, NOW)
    const endingIn = (suffix: string): string[] => on.disk.list(DIRECTORY)!.filter((name) => name.endsWith(suffix))
    expect(endingIn('.deleted').length).toBeGreaterThan(3)
    expect(endingIn('.snapshot')).toEqual([segmentFileName(2, 'snapshot')])
    expect(endingIn('.snapshot.deleted')).toEqual([`${segmentFileName(1, 'snapshot')}.deleted`])
    on.clock.advance(1000)
    await vi.waitFor(() => expect(endingIn('.deleted')).toEqual([]))
    log.close()
    expect(on.disk.openFiles).toBe(0)
  })

  test('a damaged batch is reported, and nothing is changed', async () => {
    const on = bench()
    const log = compacted(on)
    fill(log, ['a=1'], ['a=2'])
    const path = log.segments[0]!.log.path
    const bytes = on.disk.readFile(path)!
    bytes[bytes.length - 2]! ^= 1
    on.disk.put(path, bytes)
    log.close()
    const damaged = compacted(on)
    damaged.updateHighWatermark(2)
    await expect(compactNow(damaged, NOW)).rejects.toThrow('the batch at offset 0 is damaged')
    expect(bases(damaged)).toEqual([0, 1, 2])
    expect(on.disk.list(DIRECTORY)!.filter((name) => name.endsWith('.cleaned'))).toEqual([])
  })
})

describe('where leader epochs begin', () => {
  test.each([
    ['compacted from its beginning on', false, false],
    ['compacted since its topic says so', true, false],
    ['compacted by a later run', true, true],
  ])(
    'is not lost with the power once the records there are gone, in a log that is %s',
    async (_, isLater, isKilled) => {
      const on = bench()
      let log = compacted(on, isLater ? { cleanupPolicy: new Set(['delete']) } : {})
      const append = (leaderEpoch: number, text: string): void => {
        log.append(aBatch({ records: [record(text)] }), { ...FROM_CLIENT, leaderEpoch })
        log.flushQueued()
        log.updateHighWatermark(log.logEndOffset)
      }
      append(0, 'a=1')
      append(1, 'b=1')
      append(1, 'b=2')
      log.roll()
      if (isKilled) {
        log.abandon()
        log = openLog(on, { minCleanableDirtyRatio: 0, wasCleanShutdown: false })
        log.updateHighWatermark(log.logEndOffset)
      }
      log.config = { ...log.config, cleanupPolicy: new Set(['compact']) }
      await compactNow(log, NOW)
      expect(recordsOf(log)).toEqual(['0:a=1', '2:b=2'])
      const expectEpochs = (): void => {
        const left = openLog({ ...on, disk: on.disk.afterPowerFailure(() => 0) }, { wasCleanShutdown: false })
        expect(left.leaderEpochs.entries.slice(0, 2)).toEqual([
          { epoch: 0, startOffset: 0 },
          { epoch: 1, startOffset: 1 },
        ])
      }
      expectEpochs()
      append(2, 'c=1')
      expectEpochs()
    },
  )
})

function record(text: string): RecordInput {
  const { key, value } = pair(text)
  return { timestamp: NOW, key: Buffer.from(key!), value: Buffer.from(value!) }
}
