import type { Clock } from '../base/clock.js'
import { orStopped } from '../base/or-stopped.js'

const NS = 1_000_000_000
const MS_AS_NS = 1_000_000
/** Shorter pauses are saved up. */
const PAUSE_NS_MIN = 2 * MS_AS_NS

/** Holds a sender to about so many records a second, as Kafka's tools do. Negative: to none; 0 stops it for good. */
export class Throttle {
  readonly #pauseNs: number
  #deficitNs = 0

  constructor(
    private readonly target: number,
    private readonly startMs: number,
    private readonly clock: Clock,
  ) {
    this.#pauseNs = target > 0 ? NS / target : Number.POSITIVE_INFINITY
  }

  /** Whether `sent` records by `nowMs` are too many. */
  isDue(sent: number, nowMs: number): boolean {
    if (this.target < 0) return false
    const elapsedS = (nowMs - this.startMs) / 1000
    return elapsedS > 0 && sent / elapsedS > this.target
  }

  async pause(stop: AbortSignal): Promise<void> {
    if (this.target === 0) {
      await orStopped(new Promise<void>(() => {}), stop)
      return
    }
    this.#deficitNs += this.#pauseNs
    if (this.#deficitNs < PAUSE_NS_MIN) return
    const startMs = this.clock.monotonicMs()
    const wait = new Promise<void>((resolve) => this.clock.after(this.#deficitNs / MS_AS_NS, resolve))
    await orStopped(wait, stop)
    // What a timer took too long is owed to the next pauses.
    this.#deficitNs = Math.min(0, this.#deficitNs - (this.clock.monotonicMs() - startMs) * MS_AS_NS)
  }
}
