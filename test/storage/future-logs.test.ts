import { expect, test } from 'vitest'
import { DEFAULT_LOG_CONFIG } from '../../src/storage/log-config.js'
import type { LogDirectory } from '../../src/storage/log-directory.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { seededRandom } from '../support/seeded-random.js'
import { open, openLog, TOPIC_ID } from './a-directory.js'
import { aBatch, bench, everythingIn } from './a-log.js'

const OPENED = { topic: 't', partition: 0, topicId: TOPIC_ID, config: { ...DEFAULT_LOG_CONFIG, segmentBytes: 400 } }
const STATE = { logStartOffset: 0, highWatermark: 10, cleanedOffset: 0 }

/** Ten batches on their way here. */
function aCopy(directory: LogDirectory): PartitionLog {
  const future = directory.futures.open({ ...OPENED, logStartOffset: 0 })
  for (let i = 0; i < 10; i++) future.appendAsFollower(aBatch({ baseOffset: i }))
  future.flushQueued()
  return future
}

test('a copy that does not get onto the device takes no place', () => {
  const on = bench()
  const directory = open(on)
  aCopy(directory)
  on.disk.syncError = Object.assign(new Error('EIO: fsync'), { code: 'EIO' })
  expect(() => directory.promoteFuture(OPENED, STATE)).toThrow('EIO: fsync')
  expect([directory.partitions, directory.futures.has('t', 0)]).toEqual([[], true])
})

test('a copy that has taken the place of its log is there after a power failure: what it was copied from is removed', () => {
  const on = bench()
  const directory = open(on)
  const bytes = everythingIn(aCopy(directory))
  directory.promoteFuture(OPENED, STATE)
  for (let seed = 1; seed <= 20; seed++) {
    const left = open(bench(on.disk.afterHarshPowerFailure(seededRandom(seed))))
    expect(left.partitions).toEqual([{ topic: 't', partition: 0 }])
    expect(everythingIn(openLog(left, 't')).equals(bytes)).toBe(true)
  }
})
