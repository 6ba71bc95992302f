import type { QuotaWindows } from './windowed-rate.js'

/**
 * What may be spent: `limit` tokens a second come in, and as many are kept as come in over all windows, so bursts are
 * allowed that a rate would not allow. Spending may go below nothing; then it takes time to come back (KIP-599).
 */
export class TokenBucket {
  readonly #windows: QuotaWindows
  /** Null before it was first looked at: full. */
  #tokens: number | null = null
  #lastMs = 0

  constructor(windows: QuotaWindows) {
    this.#windows = windows
  }

  spend(tokens: number, limit: number, nowMs: number): void {
    this.#tokens = Math.min(this.#size(limit), this.left(limit, nowMs) - tokens)
  }

  /** Below 0 where more was spent than there was. */
  left(limit: number, nowMs: number): number {
    const size = this.#size(limit)
    const before = this.#tokens ?? size
    this.#tokens = Math.min(size, before + (limit * (nowMs - this.#lastMs)) / 1000)
    this.#lastMs = nowMs
    return this.#tokens
  }

  #size(limit: number): number {
    return (this.#windows.count * this.#windows.sizeMs * limit) / 1000
  }
}
