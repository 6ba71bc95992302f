import { describe, expect, test, vi } from 'vitest'
import { DEFAULT_LOG_CONFIG } from '../../src/storage/log-config.js'
import { LogDirectory } from '../../src/storage/log-directory.js'
import { LogRetention } from '../../src/storage/log-retention.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { ManualClock } from '../support/manual-clock.js'
import { seededRandom } from '../support/seeded-random.js'
import { aBatch, append, type Bench, bench, NOW } from './a-log.js'

/** Whatever is done by it takes a millisecond. */
class SlowClock extends ManualClock {
  override monotonicMs(): number {
    this.advance(1)
    return super.monotonicMs()
  }
}

const SIZE = aBatch().length

/** Logs of 40 segments that are all too old, but for the last. */
function oldLogs(on: Bench, ...topics: string[]): { directory: LogDirectory; logs: PartitionLog[] } {
  const directory = LogDirectory.open({ ...on, random: seededRandom(1), path: '/logs' })
  const config = { ...DEFAULT_LOG_CONFIG, segmentBytes: SIZE, retentionBytes: SIZE }
  const logs = topics.map((topic) => {
    const log = directory.openLog({ topic, partition: 0, topicId: 'I3-18XHnT1aDlYzvouUNzQ', config })
    for (let i = 0; i < 40; i++) append(log)
    log.updateHighWatermark(40)
    return log
  })
  return { directory, logs }
}

describe('retention of many segments', () => {
  test('lets others go first now and then, until all that is old is gone', async () => {
    const on = { ...bench(), clock: new SlowClock(NOW) }
    const { directory, logs } = oldLogs(on, 'first', 'second')
    const retention = new LogRetention(on.clock, on.log)
    retention.pruneAll(directory)
    const afterOneSlice = logs[0]!.segments.length
    expect(afterOneSlice).toBeLessThan(40)
    expect(afterOneSlice).toBeGreaterThan(1)
    await vi.waitFor(() => {
      on.clock.advance(1)
      expect(logs.map(({ segments, logStartOffset }) => [segments.length, logStartOffset])).toEqual([
        [1, 39],
        [1, 39],
      ])
    })
  })

  test('ends where it is when it is stopped', async () => {
    const on = { ...bench(), clock: new SlowClock(NOW) }
    const { logs } = oldLogs(on, 'first')
    const retention = new LogRetention(on.clock, on.log)
    const pruned = retention.pruneNow(logs[0]!)
    retention.stop()
    on.clock.advance(1)
    expect(await pruned).toBe(0)
    expect(logs[0]!.segments.length).toBeGreaterThan(1)
  })

  test('goes on with the next log after one that cannot be read', () => {
    const on = bench()
    const { directory, logs } = oldLogs(on, 'first', 'second')
    vi.spyOn(logs[0]!, 'deleteOldSegments').mockImplementation(() => {
      throw new Error('the batch is damaged')
    })
    new LogRetention(on.clock, on.log).pruneAll(directory)
    expect(logs.map(({ segments }) => segments.length)).toEqual([40, 1])
    expect(on.log.lines).toContain('The retention of /logs/first-0 failed: the batch is damaged')
  })

  test('by DeleteRecords takes a few away at once and leaves the others to the next round', () => {
    const on = bench()
    const { directory, logs } = oldLogs(on, 'first')
    const [log] = logs as [PartitionLog]
    expect(log.deleteRecordsTo(30)).toBe(30)
    expect([log.logStartOffset, log.segments[0]!.baseOffset]).toEqual([30, 8])
    new LogRetention(on.clock, on.log).pruneAll(directory)
    expect([log.logStartOffset, log.segments[0]!.baseOffset]).toEqual([39, 39])
  })
})
