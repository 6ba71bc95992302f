import { expect, test } from 'vitest'
import { DEFAULT_LOG_CONFIG } from '../../src/storage/log-config.js'
import { seededRandom } from '../support/seeded-random.js'
import { open, openLog, TOPIC_ID } from './a-directory.js'
import { aBatch, bench, everythingIn } from './a-log.js'

test('a copy that has taken the place of its log is there after a power failure: what it was copied from is removed', () => {
  const on = bench()
  const directory = open(on)
  const opened = { topic: 't', partition: 0, topicId: TOPIC_ID, config: { ...DEFAULT_LOG_CONFIG, segmentBytes: 400 } }
  const future = directory.futures.open({ ...opened, logStartOffset: 0 })
  for (let i = 0; i < 10; i++) future.appendAsFollower(aBatch({ baseOffset: i }))
  future.flushQueued()
  const bytes = everythingIn(future)
  directory.promoteFuture(opened, { logStartOffset: 0, highWatermark: 10, cleanedOffset: 0 })
  for (let seed = 1; seed <= 20; seed++) {
    const left = open(bench(on.disk.afterHarshPowerFailure(seededRandom(seed))))
    expect(left.partitions).toEqual([{ topic: 't', partition: 0 }])
    expect(everythingIn(openLog(left, 't')).equals(bytes)).toBe(true)
  }
})
