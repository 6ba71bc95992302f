import type { Clock, Timer } from '../base/clock.js'
import type { QuorumTimer } from '../quorum/effects.js'

/** A timer that is later than this has been kept from running … */
const LATE_MS = 50
/** … and waits once more, at least so long, for what came too late to be looked at. */
const CATCH_UP_MS = 10

/** The timers of a member of the quorum, one of each name. */
export class QuorumTimers {
  readonly #timers = new Map<QuorumTimer, Timer>()
  #isClosed = false

  constructor(
    readonly clock: Clock,
    readonly ranOut: (timer: QuorumTimer) => void,
  ) {}

  /** Replaces the one of that name. */
  set(timer: QuorumTimer, delayMs: number): void {
    this.cancel(timer)
    if (this.#isClosed) return
    const { clock } = this
    const dueMs = clock.monotonicMs() + delayMs
    const act = (): void => {
      this.#timers.delete(timer)
      this.ranOut(timer)
    }
    const due = (): void => {
      // A process that stood still has not read yet what came meanwhile.
      const lateMs = clock.monotonicMs() - dueMs
      // Others stand as long, where a slow disk or a busy machine is what all of them wait for.
      const waitMs = Math.max(CATCH_UP_MS, Math.min(lateMs, delayMs))
      if (lateMs > LATE_MS) this.#timers.set(timer, clock.after(waitMs, act))
      else act()
    }
    this.#timers.set(timer, clock.after(delayMs, due))
  }

  cancel(timer: QuorumTimer): void {
    this.#timers.get(timer)?.cancel()
    this.#timers.delete(timer)
  }

  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }
}
