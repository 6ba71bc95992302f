import type { Clock, Timer } from '../../src/base/clock.js'
import type { WorldClock } from './world-clock.js'

export interface ClockFaults {
  /** By how much its idea of the time of day is wrong. */
  skewMs: number
  /** How many of its own milliseconds pass in one. */
  rate: number
}

/** The clock of one process: what it was about to do ends with it. */
export class ProcessClock implements Clock {
  #hasEnded = false

  constructor(
    readonly world: WorldClock,
    readonly faults: ClockFaults,
    /** Does something when the process runs, and not while it stands still. */
    readonly run: (act: () => void) => void,
  ) {}

  now(): number {
    return this.world.now() + this.faults.skewMs
  }

  monotonicMs(): number {
    return this.world.monotonicMs() * this.faults.rate
  }

  after(delayMs: number, act: () => void): Timer {
    if (this.#hasEnded) return { cancel: () => {} }
    let isCancelled = false
    const timer = this.world.after(delayMs / this.faults.rate, () =>
      this.run(() => {
        if (!this.#hasEnded && !isCancelled) act()
      }),
    )
    return {
      cancel: () => {
        isCancelled = true
        timer.cancel()
      },
    }
  }

  end(): void {
    this.#hasEnded = true
  }
}
