import { describe, expect, test } from 'vitest'
import { Housekeeping } from '../../src/storage/housekeeping.js'
import { CLEANER, open, openLog, TIMES, text } from './a-directory.js'
import { append, bench } from './a-log.js'

describe('housekeeping', () => {
  test('writes checkpoints, applies retention and forgets producers at their intervals, and stops', () => {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory, 't', 0, { retentionMs: 400_000 })
    append(log, { count: 5, producerId: 5n, producerEpoch: 0, baseSequence: 0 })
    log.updateHighWatermark(5)
    const housekeeping = new Housekeeping([directory], on.clock, on.log, TIMES, () => CLEANER)
    on.clock.advance(4999)
    expect(text(on, 'replication-offset-checkpoint')).toBeUndefined()
    on.clock.advance(1)
    expect(text(on, 'replication-offset-checkpoint')).toBe('0\n1\nt 0 5\n')
    expect(text(on, 'recovery-point-offset-checkpoint')).toBeUndefined()
    log.flush()
    on.clock.advance(25_000)
    expect(text(on, 'recovery-point-offset-checkpoint')).toBe('0\n1\nt 0 5\n')
    on.clock.advance(600_001)
    expect([log.logStartOffset, log.producers.size]).toEqual([5, 1])
    on.clock.advance(86_400_000)
    expect(log.producers.size).toBe(0)
    housekeeping.stop()
    const { steps } = on.disk
    append(log)
    log.updateHighWatermark(6)
    expect(on.disk.steps).toBeGreaterThan(steps)
    on.clock.advance(10_000_000)
    expect(text(on, 'replication-offset-checkpoint')).toBe('0\n1\nt 0 5\n')
  })

  test('does not touch the disk while nothing changes', () => {
    const on = bench()
    const directory = open(on)
    openLog(directory, 't')
    const housekeeping = new Housekeeping([directory], on.clock, on.log, TIMES, () => CLEANER)
    on.clock.advance(100_000)
    const { steps } = on.disk
    on.clock.advance(10_000_000)
    expect(on.disk.steps).toBe(steps)
    housekeeping.stop()
    expect(on.clock.timers).toBe(0)
  })

  test('goes on after an error, and tells it', () => {
    const on = bench()
    const directory = open(on)
    append(openLog(directory, 't'))
    const housekeeping = new Housekeeping([directory], on.clock, on.log, TIMES, () => CLEANER)
    on.disk.freeBytes = 0
    on.clock.advance(5000)
    expect(on.log.lines.join('\n')).toContain('The high watermark checkpoint failed')
    on.disk.freeBytes = 1e9
    on.clock.advance(5000)
    expect(text(on, 'replication-offset-checkpoint')).toBe('0\n1\nt 0 0\n')
    housekeeping.stop()
  })
})
