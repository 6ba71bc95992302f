/** Over how long a quota is looked at: `count` windows of `sizeMs`, the last of which is still filling. */
export interface QuotaWindows {
  readonly count: number
  readonly sizeMs: number
}

interface Window {
  readonly startMs: number
  lastMs: number
  sum: number
}

/**
 * A rate a second over the last windows. The first moments count as if the windows before had been empty, so that one large
 * value at the start is no violation; where `startsAtOnce` they count as they are, over one window at least.
 */
export class WindowedRate {
  readonly #windows: QuotaWindows
  readonly #startsAtOnce: boolean
  /** Oldest first. */
  #filled: Window[] = []

  constructor(windows: QuotaWindows, startsAtOnce = false) {
    this.#windows = windows
    this.#startsAtOnce = startsAtOnce
  }

  record(value: number, nowMs: number): void {
    let window = this.#filled.at(-1)
    if (window === undefined || nowMs - window.startMs >= this.#windows.sizeMs) {
      window = { startMs: nowMs, lastMs: nowMs, sum: 0 }
      this.#filled.push(window)
    }
    window.sum += value
    window.lastMs = nowMs
  }

  /** A second. */
  measure(nowMs: number): number {
    this.#dropOld(nowMs)
    let sum = 0
    for (const window of this.#filled) sum += window.sum
    return sum / (this.spanMs(nowMs) / 1000)
  }

  /** The time that the rate is over: at least all windows but one, or one where it starts at once. */
  spanMs(nowMs: number): number {
    this.#dropOld(nowMs)
    const { count, sizeMs } = this.#windows
    const elapsedMs = nowMs - (this.#filled[0]?.startMs ?? nowMs)
    if (this.#startsAtOnce) return Math.max(sizeMs, elapsedMs)
    const missing = Math.max(0, count - 1 - Math.floor(elapsedMs / sizeMs))
    return Math.max(1, elapsedMs + missing * sizeMs)
  }

  /** A window counts, whole, as long as something in it lies in the time that is looked at (KAFKA-15845). */
  #dropOld(nowMs: number): void {
    const { count, sizeMs } = this.#windows
    if (this.#filled.length === 0 || nowMs - this.#filled[0]!.lastMs < count * sizeMs) return
    this.#filled = this.#filled.filter(({ lastMs }) => nowMs - lastMs < count * sizeMs)
  }
}
