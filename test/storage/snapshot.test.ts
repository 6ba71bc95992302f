import { describe, expect, test, vi } from 'vitest'
import { silentLog } from '../../src/base/log.js'
import { cloneDirectory } from '../../src/storage/clone-directory.js'
import { snapshotDirectories } from '../../src/storage/directory-snapshot.js'
import type { DiskLock } from '../../src/storage/disk.js'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../../src/storage/log-config.js'
import { LogDirectory } from '../../src/storage/log-directory.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { restoreDirectories, settleRestore } from '../../src/storage/restore.js'
import { type SnapshotOrigin, SnapshotStore } from '../../src/storage/snapshot-store.js'
import type { MemoryDisk } from '../support/memory-disk.js'
import { seededRandom } from '../support/seeded-random.js'
import { aBatch, append, type Bench, bench, everythingIn, FROM_CLIENT, NOW } from './a-log.js'
import { put, recordsOf } from './a-table.js'
import { compactFully } from './compact-now.js'

function open(on: Bench, path = '/logs'): LogDirectory {
  return LogDirectory.open({ ...on, random: seededRandom(1), path })
}

function openLog(directory: LogDirectory, topic = 't', config: Partial<LogConfig> = {}): PartitionLog {
  const all = { ...DEFAULT_LOG_CONFIG, ...config }
  const log = directory.openLog({ topic, partition: 0, topicId: 'I3-18XHnT1aDlYzvouUNzQ', config: all })
  log.updateHighWatermark(log.logEndOffset)
  return log
}

/** Everything below a path, by name. */
function contentsOf(disk: MemoryDisk, path: string): Map<string, string> {
  return new Map(
    [...disk.contents()]
      .filter(([name]) => name.startsWith(`${path}/`))
      .map(([name, bytes]) => [name.slice(path.length), bytes.toString('latin1')]),
  )
}

/** A log of some closed segments and an open one. */
function someSegments(log: PartitionLog): void {
  for (let i = 0; i < 6; i++) {
    append(log, { count: 3, producerId: 5n, producerEpoch: 0, baseSequence: i * 3 })
    if (i % 2 === 1 && i < 5) log.roll()
  }
}

const ORIGIN: SnapshotOrigin = {
  ...{ takenAtMs: NOW, version: '1.0.0', clusterId: 'c', nodeId: 0 },
  ...{ directories: ['data'], dataDirectories: 1, settings: {} },
}

describe('a snapshot of log directories', () => {
  test('opens as after an orderly stop, with everything that was appended by then and nothing later', async () => {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory)
    someSegments(log)
    log.updateHighWatermark(17)
    const expected = everythingIn(log)
    const taken = snapshotDirectories([directory], '/snap', on.disk, silentLog)
    append(log, { count: 5 })
    expect(await taken).toEqual({ partitions: 1, sizeBytes: expected.length })

    const copy = open(on, '/snap/0')
    expect(copy.wasCleanShutdown).toBe(true)
    const copied = openLog(copy)
    expect([copied.logEndOffset, everythingIn(copied).equals(expected)]).toEqual([18, true])
    expect(copied.producers.find(5n)).toMatchObject({ lastSequence: 17 })
    expect(copied.leaderEpochs.entries).toEqual([{ epoch: 0, startOffset: 0 }])
    expect(copied.segments.map(({ baseOffset }) => baseOffset)).toEqual(
      log.segments.map(({ baseOffset }) => baseOffset),
    )
  })

  test('is of one moment over all partitions, also with what waits to be written', async () => {
    const on = bench()
    const directory = open(on)
    const logs = ['a', 'b', 'c'].map((topic) => openLog(directory, topic))
    for (const log of logs) log.append(aBatch(), FROM_CLIENT)
    const taken = snapshotDirectories([directory], '/snap', on.disk, silentLog)
    for (const log of logs) append(log)
    await taken
    const copy = open(on, '/snap/0')
    expect(['a', 'b', 'c'].map((topic) => openLog(copy, topic).logEndOffset)).toEqual([1, 1, 1])
  })

  test('links closed segments, and copies no more than the end of each log', async () => {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory)
    append(log, { valueBytes: 1_000_000 })
    log.roll()
    // So large a last segment is closed instead.
    for (let i = 0; i < 5; i++) append(log, { valueBytes: 1_000_000 })
    const before = on.disk.steps
    await snapshotDirectories([directory], '/snap', on.disk, silentLog)
    expect(on.disk.steps - before).toBeLessThan(10_000)
    expect(log.segments).toHaveLength(3)
    expect(openLog(open(on, '/snap/0')).logEndOffset).toBe(6)
  })

  test('is a copy where files cannot have two names', async () => {
    const on = bench()
    on.disk.hasLinks = false
    const directory = open(on)
    const log = openLog(directory)
    someSegments(log)
    const expected = everythingIn(log)
    const taken = snapshotDirectories([directory], '/snap', on.disk, silentLog)
    // It is being copied, and goes meanwhile.
    log.updateHighWatermark(18)
    log.deleteRecordsTo(12)
    on.clock.advance(100_000)
    await taken
    expect(everythingIn(openLog(open(on, '/snap/0'))).equals(expected)).toBe(true)
    await directory.close()
  })

  describe('stays as it is, whatever becomes of the original; and the original, whatever becomes of a clone:', () => {
    const changes: [string, (log: PartitionLog) => Promise<void> | void][] = [
      ['records are appended', (log) => void append(log, { count: 7 })],
      [
        'the end is cut off inside a closed segment, and written anew',
        (log) => {
          log.truncateTo(7)
          append(log, { count: 4 })
        },
      ],
      [
        'the end is cut off where a closed segment ends, and written anew',
        (log) => {
          log.truncateTo(12)
          append(log, { count: 4 })
        },
      ],
      ['everything is cut off', (log) => log.truncateFullyAndStartAt(100)],
      [
        'records are deleted',
        (log) => {
          log.updateHighWatermark(log.logEndOffset)
          log.deleteRecordsTo(8)
        },
      ],
      [
        'it is compacted',
        async (log) => {
          log.config = { ...log.config, cleanupPolicy: new Set(['compact']), minCleanableDirtyRatio: 0 }
          log.updateHighWatermark(log.logEndOffset)
          await compactFully(log, NOW)
        },
      ],
    ]
    test.each(changes)('%s', async (_, change) => {
      const on = bench()
      const directory = open(on)
      const log = openLog(directory)
      someSegments(log)
      await snapshotDirectories([directory], '/snap', on.disk, silentLog)
      cloneDirectory(on.disk, '/snap/0', '/clone')
      const before = contentsOf(on.disk, '/snap')
      await change(log)
      on.clock.advance(100_000)
      await directory.close()
      expect(contentsOf(on.disk, '/snap')).toEqual(before)

      const original = contentsOf(on.disk, '/logs')
      const clone = open(on, '/clone')
      await change(openLog(clone))
      on.clock.advance(100_000)
      await clone.close()
      expect(contentsOf(on.disk, '/snap')).toEqual(before)
      expect(contentsOf(on.disk, '/logs')).toEqual(original)
    })

    test('it is recovered after a crash that cut its files', async () => {
      const on = bench()
      const directory = open(on)
      someSegments(openLog(directory))
      await snapshotDirectories([directory], '/snap', on.disk, silentLog)
      cloneDirectory(on.disk, '/snap/0', '/clone')
      const before = contentsOf(on.disk, '/snap')
      directory.abandon()
      const original = contentsOf(on.disk, '/logs')
      on.disk.remove('/clone/.kafka_cleanshutdown')
      on.disk.remove('/clone/recovery-point-offset-checkpoint')
      const clone = open(on, '/clone')
      expect(openLog(clone).logEndOffset).toBe(18)
      await clone.close()
      expect(contentsOf(on.disk, '/snap')).toEqual(before)
      expect(contentsOf(on.disk, '/logs')).toEqual(original)
    })
  })
})

describe('the store of snapshots', () => {
  test('lists the oldest first, and passes over what was not finished or is no snapshot', async () => {
    const on = bench()
    const directory = open(on)
    const store = new SnapshotStore(on.disk, '/home/snapshots', silentLog)
    await store.save('b', { ...ORIGIN, takenAtMs: NOW + 1 }, [directory])
    await store.save('a', { ...ORIGIN, takenAtMs: NOW + 2 }, [directory])
    await store.save('c', ORIGIN, [directory])
    on.disk.put('/home/snapshots/.d.part/snapshot.json', Buffer.from('{}'))
    on.disk.put('/home/snapshots/e/snapshot.json', Buffer.from('not json'))
    expect(store.list().map(({ name }) => name)).toEqual(['c', 'b', 'a'])
    await store.delete('b')
    expect(store.list().map(({ name }) => name)).toEqual(['c', 'a'])
    await expect(store.delete('b')).rejects.toThrow('there is no snapshot b')
    await expect(store.save('a', ORIGIN, [directory])).rejects.toThrow('there is a snapshot a already')
    for (const name of ['', '.', '..', '.hidden', 'a/b', 'x'.repeat(65), 'ä'])
      await expect(store.save(name, ORIGIN, [directory])).rejects.toThrow('cannot be the name of a snapshot')
  })

  test('has all of what it says it saved after a power failure that takes what was not synced', async () => {
    const on = bench()
    const directory = open(on)
    someSegments(openLog(directory))
    const store = new SnapshotStore(on.disk, '/home/snapshots', silentLog)
    const { name } = await store.save('a', ORIGIN, [directory])
    const left = on.disk.afterHarshPowerFailure({ int: () => 0, bytes: (count) => Buffer.alloc(count) })
    expect(contentsOf(left, '/home')).toEqual(contentsOf(on.disk, '/home'))
    expect(new SnapshotStore(left, '/home/snapshots', silentLog).has(name)).toBe(true)
  })

  test('keeps nothing of a save that failed', async () => {
    const on = bench()
    const directory = open(on)
    append(openLog(directory))
    const store = new SnapshotStore(on.disk, '/home/snapshots', silentLog)
    const { openFiles } = on.disk
    on.disk.freeBytes = 10
    await expect(store.save('a', ORIGIN, [directory])).rejects.toThrow()
    on.disk.freeBytes = 1e9
    expect([store.list(), on.disk.list('/home/snapshots')]).toEqual([[], []])
    await store.save('a', ORIGIN, [directory])
    expect(on.disk.openFiles).toBe(openFiles)
  })
})

describe('a restore', () => {
  async function prepared(): Promise<{ disk: MemoryDisk; on: Bench }> {
    const on = bench()
    const directory = open(on, '/data')
    const log = openLog(directory, 't', { cleanupPolicy: new Set(['compact']) })
    put(log, ['a=old', 'b=old'])
    log.roll()
    put(log, ['c=old'])
    await snapshotDirectories([directory], '/snap', on.disk, silentLog)
    put(log, ['d=new'])
    await directory.close()
    on.disk.makeDirectory('/home')
    return { disk: on.disk, on }
  }
  const replacements = [{ directory: '/data', by: '/snap/0' }]
  /** What is written there may get onto the device before what was written beside the data, or after it. */
  const JOURNAL = '/home/restore.json'

  test('puts the copy into the place of what is there, and leaves nothing else', async () => {
    const { disk, on } = await prepared()
    await restoreDirectories(disk, JOURNAL, replacements)
    expect(disk.list('/')!.sort()).toEqual(['data', 'home', 'snap'])
    const log = openLog(open(on, '/data'))
    expect(recordsOf(log)).toEqual(['0:a=old', '1:b=old', '2:c=old'])
  })

  test('that is interrupted, wherever it is, if by the power too, leaves the old or the new, and never a mixture', async () => {
    const { disk } = await prepared()
    const old = contentsOf(disk, '/data')
    const finished = disk.afterKill()
    const before = finished.steps
    await restoreDirectories(finished, JOURNAL, replacements)
    const fresh = contentsOf(finished, '/data')
    const steps = finished.steps - before
    const seen = { old: 0, new: 0 }
    for (let step = 1; step < steps; step += step < 60 || step > steps - 400 ? 1 : 13) {
      const running = disk.afterKill()
      running.stopAfter(step)
      await restoreDirectories(running, JOURNAL, replacements).catch(() => {})
      // While names change much hangs on which of them get onto the device.
      const seeds = step > steps - 30 ? Array.from({ length: 10 }, (_, at) => step + at * steps) : [step]
      const failures = seeds.map((seed) => running.afterHarshPowerFailure(seededRandom(seed)))
      for (const left of [running.afterKill(), ...failures]) {
        await settleRestore(left, JOURNAL)
        const found = contentsOf(left, '/data')
        const isOld = same(found, old)
        expect(isOld || same(found, fresh), `after step ${step}`).toBe(true)
        seen[isOld ? 'old' : 'new']++
        await restoreDirectories(left, JOURNAL, replacements)
        expect(contentsOf(left, '/data')).toEqual(fresh)
        expect(left.list('/')!.sort()).toEqual(['data', 'home', 'snap'])
      }
    }
    expect(seen).toEqual({ old: expect.any(Number), new: expect.any(Number) })
    expect(Math.min(seen.old, seen.new)).toBeGreaterThan(3)
  })

  test('is refused while somebody uses the directory', async () => {
    const { disk, on } = await prepared()
    const directory = open(on, '/data')
    await expect(restoreDirectories(disk, JOURNAL, replacements)).rejects.toThrow('another broker uses /data')
    await directory.close()
  })

  test('is refused, too, when somebody begins to use the directory while the copy is made', async () => {
    const { disk } = await prepared()
    const old = contentsOf(disk, '/data')
    let lock: DiskLock | null = null
    vi.spyOn(disk, 'syncFile').mockImplementation(async () => {
      lock ??= disk.lock('/data')
    })
    await expect(restoreDirectories(disk, JOURNAL, replacements)).rejects.toThrow('another broker uses /data')
    expect(lock).not.toBeNull()
    expect(contentsOf(disk, '/data')).toEqual(old)
  })
})

function same(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([name, content]) => b.get(name) === content)
}
