import type { Clock, Timer } from '../base/clock.js'
import { afterRunning } from '../base/patient-timer.js'
import type { QuorumTimer } from '../quorum/effects.js'

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
    const act = (): void => {
      this.#timers.delete(timer)
      this.ranOut(timer)
    }
    this.#timers.set(timer, afterRunning(this.clock, delayMs, act))
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
