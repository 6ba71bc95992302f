import type { Clock, Timer } from './clock.js'
import { Serial } from './serial.js'

interface Waiting {
  readonly dueMs: number
  readonly order: number
  readonly act: () => void
  timer: Timer
}

/** A clock that runs as another one does, and that can be moved ahead: real time flows on, plus what it was advanced by. */
export class VirtualClock implements Clock {
  readonly #waiting = new Set<Waiting>()
  readonly #advances = new Serial()
  #offsetMs = 0
  #orders = 0

  constructor(readonly real: Clock) {}

  /** By how much it is ahead of the real one. */
  get offsetMs(): number {
    return this.#offsetMs
  }

  now(): number {
    return this.real.now() + Math.trunc(this.#offsetMs)
  }

  monotonicMs(): number {
    return this.real.monotonicMs() + this.#offsetMs
  }

  after(delayMs: number, act: () => void): Timer {
    const dueMs = this.monotonicMs() + Math.max(0, delayMs)
    const waiting: Waiting = { dueMs, order: this.#orders++, act, timer: { cancel: () => {} } }
    this.#arm(waiting)
    this.#waiting.add(waiting)
    return {
      cancel: () => {
        this.#waiting.delete(waiting)
        waiting.timer.cancel()
      },
    }
  }

  /**
   * Moves time on by `ms`. Timers that wait now and fall due on the way run in the order of their times, each at its own time,
   * and what they set in motion may come to rest in between. What they and others set meanwhile runs at the end if it is due by
   * then: what repeats itself every few seconds is not run once for every such time of a week. One advance follows the other.
   */
  advance(ms: number): Promise<void> {
    return this.#advances.run(async () => {
      const endMs = this.monotonicMs() + ms
      const endOffsetMs = this.#offsetMs + ms
      for (const waiting of this.#dueBy(endMs)) {
        // Real time has gone on too.
        const offsetMs = waiting.dueMs - this.real.monotonicMs()
        await this.#run(waiting, Math.min(endOffsetMs, Math.max(this.#offsetMs, offsetMs)))
      }
      this.#offsetMs = endOffsetMs
      for (const waiting of this.#dueBy(endMs)) await this.#run(waiting, endOffsetMs)
      for (const waiting of this.#waiting) {
        waiting.timer.cancel()
        this.#arm(waiting)
      }
    })
  }

  async #run(waiting: Waiting, offsetMs: number): Promise<void> {
    // It may have been cancelled, or have run by itself, while others ran.
    if (!this.#waiting.has(waiting)) return
    this.#offsetMs = offsetMs
    waiting.timer.cancel()
    this.#waiting.delete(waiting)
    waiting.act()
    await new Promise<void>((resolve) => setImmediate(resolve))
  }

  #dueBy(timeMs: number): Waiting[] {
    return [...this.#waiting]
      .filter(({ dueMs }) => dueMs <= timeMs)
      .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)
  }

  #arm(waiting: Waiting): void {
    waiting.timer = this.real.after(waiting.dueMs - this.monotonicMs(), () => {
      this.#waiting.delete(waiting)
      waiting.act()
    })
  }
}
