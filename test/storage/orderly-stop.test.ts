import { expect, test, vi } from 'vitest'
import type { LogDirectory } from '../../src/storage/log-directory.js'
import type { MemoryDisk } from '../support/memory-disk.js'
import { seededRandom } from '../support/seeded-random.js'
import { MARKER, open, openLog } from './a-directory.js'
import { append, type Bench, bench } from './a-log.js'

const TOPICS = ['one', 'two']
/** Log start, high watermark and end of each. */
const BOUNDS = [
  [2, 4, 5],
  [2, 4, 5],
]

/** A directory of two logs of five records, of which three are left and four committed. */
function inUse(on: Bench): LogDirectory {
  const directory = open(on)
  for (const topic of TOPICS) {
    const log = openLog(directory, topic)
    for (let i = 0; i < 5; i++) append(log)
    log.updateHighWatermark(4)
    log.deleteRecordsTo(2)
  }
  return directory
}

/** What the next start finds, once it has looked at the files. */
function boundsIn(disk: MemoryDisk): number[][] {
  const directory = open(bench(disk))
  const logs = TOPICS.map((topic) => openLog(directory, topic))
  for (const log of logs) log.wake()
  directory.abandon()
  return logs.map(({ logStartOffset, highWatermark, logEndOffset }) => [logStartOffset, highWatermark, logEndOffset])
}

test('an orderly stop is marked as one only with all that was known then, wherever in it the power fails', async () => {
  const whole = bench()
  const directory = inUse(whole)
  const before = whole.disk.steps
  await directory.close()
  const steps = whole.disk.steps - before
  let marked = 0
  for (let stop = 1; stop <= steps + 100; stop++) {
    const on = bench()
    const closing = inUse(on)
    on.disk.stopAfter(stop)
    await closing.close()
    const left = on.disk.afterHarshPowerFailure(seededRandom(stop))
    if (left.stat(MARKER) === null) continue
    marked++
    // Once it has ended no log need be looked at.
    if (stop > steps) expect(openLog(open(bench(left.afterKill())), TOPICS[0]!).isResting).toBe(true)
    expect(boundsIn(left), `stopped after ${stop}`).toEqual(BOUNDS)
  }
  expect(marked).toBeGreaterThanOrEqual(100)
})

test('an orderly stop is not marked as one where a log has failed before, even if nothing fails any more', async () => {
  const on = bench()
  const directory = inUse(on)
  on.disk.syncError = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  directory.find('one', 0)!.flush()
  on.disk.syncError = null
  await directory.close()
  expect(on.disk.stat(MARKER)).toBeNull()
})

test('an orderly stop is not marked as one where one file does not get onto the device', async () => {
  const on = bench()
  const directory = inUse(on)
  vi.spyOn(on.disk, 'syncFile').mockRejectedValueOnce(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
  await directory.close()
  expect(on.disk.stat(MARKER)).toBeNull()
})

test('a start takes the mark away for good: after a power failure what it wrote is looked through', async () => {
  const on = bench()
  await inUse(on).close()
  open(on)
  for (let seed = 1; seed <= 20; seed++)
    expect(on.disk.afterHarshPowerFailure(seededRandom(seed)).stat(MARKER)).toBeNull()
})
