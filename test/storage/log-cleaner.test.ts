import { describe, expect, test, vi } from 'vitest'
import { type CleanerSettings, LogCleaner } from '../../src/storage/log-cleaner.js'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../../src/storage/log-config.js'
import { LogDirectory } from '../../src/storage/log-directory.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { seededRandom } from '../support/seeded-random.js'
import { type Bench, bench } from './a-log.js'
import { put, recordsOf } from './a-table.js'

const SETTINGS: CleanerSettings = {
  logCleanerEnable: true,
  logCleanerBackoffMs: 15_000,
  logCleanerDedupeBufferSize: 134_217_728,
  logCleanerIoBufferLoadFactor: 0.9,
}

function open(on: Bench): LogDirectory {
  return LogDirectory.open({ ...on, random: seededRandom(1), path: '/logs' })
}

function openLog(directory: LogDirectory, topic: string, config: Partial<LogConfig> = {}): PartitionLog {
  const cleanupPolicy = new Set(['compact'] as const)
  const all = { ...DEFAULT_LOG_CONFIG, cleanupPolicy, ...config }
  return directory.openLog({ topic, partition: 0, topicId: 'I3-18XHnT1aDlYzvouUNzQ', config: all })
}

/** Waits until the promises that have been made are kept; nothing here waits for anything outside. */
async function settled(): Promise<void> {
  for (let i = 0; i < 1000; i++) await Promise.resolve()
}

function fill(log: PartitionLog, ...pairs: string[]): void {
  for (const each of pairs) put(log, [each])
  log.roll()
}

const checkpoint = (on: Bench): string | undefined => on.disk.readFile('/logs/cleaner-offset-checkpoint')?.toString()

describe('the cleaner', () => {
  test('compacts every log that is due, the dirtiest first, and writes down how far it came', async () => {
    const on = bench()
    const directory = open(on)
    const first = openLog(directory, 'first')
    fill(first, 'a=1', 'a=2')
    const cleaner = new LogCleaner([directory], on.clock, on.log, () => SETTINGS)
    on.clock.advance(14_999)
    await settled()
    expect(checkpoint(on)).toBeUndefined()
    on.clock.advance(1)
    await settled()
    expect([recordsOf(first), checkpoint(on)]).toEqual([['1:a=2'], '0\n1\nfirst 0 2\n'])
    const second = openLog(directory, 'second')
    fill(first, 'a=3', 'a=4', 'b=1')
    fill(second, 'a=1', 'a=2')
    on.clock.advance(15_000)
    await settled()
    expect(checkpoint(on)).toBe('0\n2\nfirst 0 5\nsecond 0 2\n')
    const told = on.log.lines.filter((line) => line.startsWith('Compacted')).map((line) => line.split(':')[0])
    expect(told).toEqual([
      'Compacted /logs/first-0 from offset 0 to 2',
      'Compacted /logs/second-0 from offset 0 to 2',
      'Compacted /logs/first-0 from offset 2 to 5',
    ])
    cleaner.stop()
    expect(on.clock.timers).toBe(3)
  })

  test('goes on where it came to before the last stop', async () => {
    const on = bench()
    const directory = open(on)
    fill(openLog(directory, 't'), 'a=1')
    const cleaner = new LogCleaner([directory], on.clock, on.log, () => SETTINGS)
    on.clock.advance(15_000)
    await settled()
    cleaner.stop()
    await directory.close()
    const again = open(on)
    expect(openLog(again, 't').cleanedOffset).toBe(1)
    again.remove('t', 0, 0)
    again.checkpoint('cleanedOffset')
    expect(checkpoint(on)).toBe('0\n0\n')
  })

  test('does nothing where log.cleaner.enable is false', async () => {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory, 't')
    fill(log, 'a=1', 'a=2')
    new LogCleaner([directory], on.clock, on.log, () => ({ ...SETTINGS, logCleanerEnable: false }))
    on.clock.advance(100_000)
    await settled()
    expect(log.cleanedOffset).toBe(0)
  })

  test('holds as many keys at once as Kafka would in log.cleaner.dedupe.buffer.size', async () => {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory, 't', { minCleanableDirtyRatio: 0.1 })
    fill(log, 'a=1', 'b=1', 'c=1', 'd=1')
    const settings = { ...SETTINGS, logCleanerDedupeBufferSize: 24 * 4, logCleanerIoBufferLoadFactor: 0.5 }
    new LogCleaner([directory], on.clock, on.log, () => settings)
    on.clock.advance(15_000)
    await settled()
    expect(on.log.lines.filter((line) => line.startsWith('Compacted')).map((line) => line.split(':')[0])).toEqual([
      'Compacted /logs/t-0 from offset 0 to 2',
      'Compacted /logs/t-0 from offset 2 to 4',
    ])
  })

  test('lets others have their turn every few milliseconds, and begins again where segments have gone meanwhile', async () => {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory, 't', { cleanupPolicy: new Set(['compact', 'delete']) })
    fill(log, 'a=1', 'a=2')
    fill(log, 'a=3', 'b=1')
    let nowMs = 0
    // Each look at the clock takes three milliseconds.
    const clock = {
      ...on.clock,
      now: () => on.clock.now(),
      monotonicMs: () => (nowMs += 3),
      after: on.clock.after.bind(on.clock),
    }
    new LogCleaner([directory], clock, on.log, () => SETTINGS)
    on.clock.advance(15_000)
    await settled()
    expect(log.cleanedOffset).toBe(0)
    log.deleteRecordsTo(2)
    for (let i = 0; i < 3; i++) {
      on.clock.advance(1)
      await settled()
    }
    expect(log.cleanedOffset).toBe(0)
    expect(on.disk.list('/logs/t-0')!.filter((name) => name.endsWith('.cleaned'))).toEqual([])
    for (let i = 0; i < 20; i++) {
      on.clock.advance(15_000)
      await settled()
    }
    expect([log.cleanedOffset, recordsOf(log)]).toEqual([4, ['2:a=3', '3:b=1']])
  })

  test('leaves what it has written where segments go that it is about to replace', async () => {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory, 't', { cleanupPolicy: new Set(['compact', 'delete']) })
    fill(log, 'a=1', 'a=2')
    fill(log, 'a=3', 'b=1')
    let nowMs = 0
    const clock = {
      ...on.clock,
      now: () => on.clock.now(),
      monotonicMs: () => (nowMs += 3),
      after: on.clock.after.bind(on.clock),
    }
    new LogCleaner([directory], clock, on.log, () => SETTINGS)
    const isWriting = (): boolean => on.disk.list('/logs/t-0')!.some((name) => name.endsWith('.log.cleaned'))
    on.clock.advance(15_000)
    for (let slice = 0; slice < 50 && !isWriting(); slice++) {
      await settled()
      on.clock.advance(1)
    }
    expect(isWriting()).toBe(true)
    log.deleteRecordsTo(2)
    for (let i = 0; i < 20; i++) {
      on.clock.advance(1)
      await settled()
    }
    expect([log.failure, log.cleanedOffset, isWriting()]).toEqual([null, 0, false])
    expect(on.log.lines.filter((line) => line.startsWith('Could not'))).toEqual([])
    for (let i = 0; i < 20; i++) {
      on.clock.advance(15_000)
      await settled()
    }
    expect([log.cleanedOffset, recordsOf(log)]).toEqual([4, ['2:a=3', '3:b=1']])
  })

  test('reads and writes no more in a second than it may', async () => {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory, 't')
    for (let i = 0; i < 20; i++) put(log, [`a=${i}`])
    log.roll()
    const { sizeBytes } = log
    let limit = sizeBytes / 10
    const settings = (): CleanerSettings => ({ ...SETTINGS, logCleanerIoMaxBytesPerSecond: limit })
    new LogCleaner([directory], on.clock, on.log, settings)
    on.clock.advance(15_000)
    for (let second = 0; second < 15; second++) {
      await settled()
      on.clock.advance(1000)
    }
    await settled()
    expect(checkpoint(on)).toBeUndefined()
    limit = Number.MAX_VALUE
    on.clock.advance(1000)
    await settled()
    expect(recordsOf(log)).toEqual(['19:a=19'])
  })

  test('stops in the middle, and leaves the log as it was', async () => {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory, 't')
    fill(log, 'a=1', 'a=2')
    let nowMs = 0
    const clock = {
      ...on.clock,
      now: () => on.clock.now(),
      monotonicMs: () => (nowMs += 3),
      after: on.clock.after.bind(on.clock),
    }
    const cleaner = new LogCleaner([directory], clock, on.log, () => SETTINGS)
    on.clock.advance(15_000)
    await settled()
    cleaner.stop()
    on.clock.advance(100_000)
    await settled()
    expect([log.cleanedOffset, recordsOf(log)]).toEqual([0, ['0:a=1', '1:a=2']])
    expect(on.log.lines.filter((line) => line.includes('compact'))).toEqual([])
    await directory.close()
    expect(on.disk.openFiles).toBe(0)
  })

  test('leaves a damaged log as it is, says so once, and goes on with the others', async () => {
    const on = bench()
    let directory = open(on)
    fill(openLog(directory, 'damaged'), 'a=1', 'a=2')
    await directory.close()
    const path = '/logs/damaged-0/00000000000000000000.log'
    const bytes = on.disk.readFile(path)!
    bytes[bytes.length - 2]! ^= 1
    on.disk.put(path, bytes)
    directory = open(on)
    const damaged = openLog(directory, 'damaged')
    damaged.updateHighWatermark(2)
    expect(damaged.segments).toHaveLength(2)
    const sound = openLog(directory, 'sound')
    fill(sound, 'a=1', 'a=2')
    new LogCleaner([directory], on.clock, on.log, () => SETTINGS)
    for (let i = 0; i < 3; i++) {
      on.clock.advance(15_000)
      await settled()
    }
    expect([damaged.cleanedOffset, sound.cleanedOffset]).toEqual([0, 2])
    expect(on.log.lines.filter((line) => line.startsWith('Could not'))).toEqual([
      'Could not compact /logs/damaged-0, it stays as it is until the next start: the batch at offset 1 is damaged',
    ])
  })

  test('does not take for compacted what could not be put into its place', async () => {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory, 't')
    fill(log, 'a=1', 'a=2')
    const failure = Object.assign(new Error('EIO: rename'), { code: 'EIO' })
    vi.spyOn(on.disk, 'rename').mockImplementation(() => {
      throw failure
    })
    new LogCleaner([directory], on.clock, on.log, () => SETTINGS)
    on.clock.advance(15_000)
    await settled()
    expect([log.failure, log.cleanedOffset, checkpoint(on)]).toEqual([failure, 0, undefined])
    expect(on.log.lines.filter((line) => line.startsWith('Compacted'))).toEqual([])
  })

  test('tries again later where the disk was full', async () => {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory, 't')
    fill(log, 'a=1', 'a=2')
    on.disk.freeBytes = 10
    new LogCleaner([directory], on.clock, on.log, () => SETTINGS)
    on.clock.advance(15_000)
    await settled()
    expect([log.cleanedOffset, log.failure]).toEqual([0, null])
    on.disk.freeBytes = 1e9
    on.clock.advance(15_000)
    await settled()
    expect([log.cleanedOffset, recordsOf(log)]).toEqual([2, ['1:a=2']])
  })
})
