import { describe, expect, test } from 'vitest'
import type { LogConfig } from '../../src/storage/log-config.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { ManualClock } from '../support/manual-clock.js'
import type { MemoryDisk } from '../support/memory-disk.js'
import { seededRandom } from '../support/seeded-random.js'
import { bench, DIRECTORY, NOW, openLog } from './a-log.js'
import { end, put, recordsOf, tableOf } from './a-table.js'
import { compactFully, compactNow } from './compact-now.js'

/** A log is opened for thousands of bytes: on a machine with much else to do that takes its time. */
const LONG_MS = 240_000

const DAY = 86_400_000
const CONFIG: Partial<LogConfig> = {
  cleanupPolicy: new Set(['compact']),
  minCleanableDirtyRatio: 0,
  indexIntervalBytes: 100,
  segmentBytes: 700,
}
const TABLE = { a: '9', c: '2', n: '1', t: 'yes', z: '3' }

/** Several segments; some of their values are outdated, deleted or aborted, and one segment stays empty. */
function written(): MemoryDisk {
  const { disk, clock, log: lines } = bench()
  const log = openLog({ disk, clock, log: lines }, CONFIG)
  put(log, ['b=1', 'a=1'])
  put(log, ['d=1'])
  log.roll()
  put(log, ['a=2', 'a=3', 'b=2'], { compression: 'gzip' })
  log.roll()
  put(log, ['t=no', 'x=1'], { producerId: 5n, producerEpoch: 0, baseSequence: 0, isTransactional: true })
  end(log, 'ABORT', { producerId: 5n })
  put(log, ['t=yes', 'n=1'], { producerId: 5n, producerEpoch: 0, baseSequence: 2, isTransactional: true })
  log.roll()
  end(log, 'COMMIT', { producerId: 5n })
  put(log, ['b', 'd'])
  put(log, ['c=1', 'c=2'])
  log.roll()
  put(log, ['a=9', 'z=3'])
  log.roll()
  log.close()
  return disk
}

function reopen(disk: MemoryDisk, nowMs: number, wasCleanShutdown: boolean, cleanedOffset = 0): PartitionLog {
  const on = { ...bench(disk), clock: new ManualClock(nowMs) }
  const recoveryPoint = wasCleanShutdown ? 99 : 0
  const log = openLog(on, { ...CONFIG, wasCleanShutdown, cleanedOffset, recoveryPoint, producerIdleMs: 9 * DAY })
  log.updateHighWatermark(log.logEndOffset)
  return log
}

/** What a pass over the log leaves; and how many steps of the disk it takes. */
async function passed(before: MemoryDisk, nowMs: number, cleanedOffset: number) {
  const disk = before.afterKill()
  const log = reopen(disk, nowMs, true, cleanedOffset)
  const { steps } = disk
  await compactNow(log, nowMs)
  return { disk, steps: disk.steps - steps, cleanedOffset: log.cleanedOffset, records: recordsOf(log) }
}

async function checkEveryCrash(
  before: MemoryDisk,
  nowMs: number,
  cleanedOffset: number,
  leave: (disk: MemoryDisk) => MemoryDisk,
): Promise<void> {
  const whole = await passed(before, nowMs, cleanedOffset)
  const original = new Set(recordsOf(reopen(before.afterKill(), nowMs, true)))
  expect(whole.steps).toBeGreaterThan(300)
  for (let stop = 1; stop <= whole.steps + 1; stop++) {
    const disk = before.afterKill()
    const running = reopen(disk, nowMs, true, cleanedOffset)
    disk.stopAfter(stop)
    await compactNow(running, nowMs).catch(() => null)
    const left = leave(disk)
    const log = reopen(left, nowMs, stop % 2 === 0, cleanedOffset)
    expect(left.list(DIRECTORY)!.filter((name) => /(cleaned|swap|deleted|tmp)$/.test(name))).toEqual([])
    expect(log.logEndOffset).toBe(running.logEndOffset)
    expect(Object.fromEntries(tableOf(log))).toEqual(TABLE)
    for (const record of recordsOf(log)) expect(original.has(record)).toBe(true)
    expect(log.producers.find(5n)).toMatchObject({ epoch: 0, transactionFirstOffset: null, lastSequence: 3 })
    await compactNow(log, nowMs)
    expect(recordsOf(log)).toEqual(whole.records)
    log.close()
    expect(log.failure).toBeNull()
  }
}

describe('a compaction that ends after any byte', () => {
  test(
    'has happened to a segment or has not, and the next one finishes it',
    async () => {
      await checkEveryCrash(written(), NOW, 0, (disk) => disk.afterKill())
    },
    LONG_MS,
  )

  test(
    'leaves the same where the power fails, whatever of content and names that takes',
    async () => {
      const random = seededRandom(7)
      await checkEveryCrash(written(), NOW, 0, (disk) => disk.afterHarshPowerFailure(random))
    },
    LONG_MS,
  )

  test(
    'brings back nothing that was deleted, when it is the one that drops tombstones',
    async () => {
      const first = await passed(written(), NOW, 0)
      await checkEveryCrash(moreIn(first.disk, NOW + 2 * DAY), NOW + 2 * DAY, first.cleanedOffset, (disk) =>
        disk.afterKill(),
      )
    },
    LONG_MS,
  )
})

/** One more segment that can be compacted. */
function moreIn(disk: MemoryDisk, nowMs: number): MemoryDisk {
  const left = disk.afterKill()
  const log = reopen(left, nowMs, true)
  put(log, ['z=3', 'c=2'])
  log.roll()
  log.close()
  return left
}

test('a compaction that ends after any byte leaves in the index what was aborted and has a batch left', async () => {
  const on = bench()
  const log = openLog(on, CONFIG)
  put(log, ['a=1'], { producerId: 5n, producerEpoch: 0, baseSequence: 0, isTransactional: true })
  end(log, 'ABORT', { producerId: 5n })
  log.roll()
  log.close()
  const aborted = { producerId: 5n, firstOffset: 0, lastOffset: 1 }
  const { steps } = await passed(on.disk, NOW, 0)
  for (let stop = 1; stop <= steps + 1; stop++) {
    const disk = on.disk.afterKill()
    const running = reopen(disk, NOW, true)
    disk.stopAfter(stop)
    await compactNow(running, NOW).catch(() => null)
    expect(reopen(disk.afterKill(), NOW, true).abortedTransactions(0, 99)).toMatchObject([aborted])
  }
})

describe('a compaction that is not interrupted', () => {
  test('drops tombstones and markers in the end', async () => {
    const log = reopen(written(), NOW, true)
    await compactFully(log, NOW)
    expect(recordsOf(log).some((text) => text.endsWith(':b'))).toBe(true)
    put(log, ['z=3'])
    log.roll()
    await compactFully(log, NOW + 2 * DAY)
    expect(recordsOf(log).some((text) => text.endsWith(':b'))).toBe(false)
    expect(Object.fromEntries(tableOf(log))).toEqual(TABLE)
  })
})
