import type { Clock, Timer } from '../base/clock.js'

/** Asks for a flush `flush.ms` after the first write that has not been flushed. */
export class FlushTimer {
  #timer: Timer | null = null

  constructor(
    readonly clock: Clock,
    readonly flush: () => void,
  ) {}

  /** Something has been written. */
  written(flushMs: number): void {
    if (this.#timer !== null || flushMs >= Number.MAX_SAFE_INTEGER) return
    this.#timer = this.clock.after(flushMs, () => {
      this.#timer = null
      this.flush()
    })
  }

  /** Nothing is left to flush. */
  flushed(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}
