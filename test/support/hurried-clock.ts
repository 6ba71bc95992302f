import { type Clock, systemClock } from '../../src/base/clock.js'

/** A clock that runs `factor` times as fast as the real one: to see a wait of a minute end. */
export function hurriedClock(factor: number): Clock {
  const from = systemClock.monotonicMs()
  const elapsed = (): number => (systemClock.monotonicMs() - from) * factor
  const startedAt = systemClock.now()
  return {
    now: () => Math.round(startedAt + elapsed()),
    monotonicMs: () => from + elapsed(),
    after: (delayMs, act) => systemClock.after(delayMs / factor, act),
  }
}
