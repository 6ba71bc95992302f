import type { Clock, Timer } from './clock.js'

/** A timer that is later than this has been kept from running … */
const LATE_MS = 50
/** … and goes on, at least so long, for what came too late to be looked at. */
const CATCH_UP_MS = 10
/** A wait is taken in so many legs: each shows for how long the process stood still in it. */
const LEGS = 3
/** A process that stands still again and again waits no more than so many times as long in addition. */
const EXTENSIONS_MAX = 2

/**
 * Runs `act` once after `delayMs` in which this process ran. While it stood still it could hear nobody; and others stand as long,
 * where a slow disk or a busy machine is what all of them wait for.
 */
export function afterRunning(clock: Clock, delayMs: number, act: () => void): Timer {
  let leftMs = delayMs
  let extraMs = EXTENSIONS_MAX * delayMs
  let timer: Timer
  const leg = (): void => {
    const legMs = Math.min(leftMs, Math.ceil(delayMs / LEGS))
    const dueMs = clock.monotonicMs() + legMs
    timer = clock.after(legMs, () => {
      leftMs -= legMs
      const lateMs = clock.monotonicMs() - dueMs
      if (lateMs > LATE_MS) {
        const moreMs = Math.min(Math.max(CATCH_UP_MS, Math.min(lateMs, delayMs)), extraMs)
        extraMs -= moreMs
        leftMs += moreMs
      }
      if (leftMs > 0) leg()
      else act()
    })
  }
  leg()
  return { cancel: () => timer.cancel() }
}
