import type { Random } from '../base/random.js'

/** Chance keeps clients that failed together from coming back together. */
const JITTER = 0.2

/** Waits that double from `firstMs` to `maxMs`, each 20 % longer or shorter by chance. */
export class Backoff {
  #nextMs: number

  constructor(
    firstMs: number,
    private readonly maxMs: number,
    private readonly random: Random,
  ) {
    this.#nextMs = Math.min(firstMs, maxMs)
  }

  next(): number {
    const spread = 1 - JITTER + (2 * JITTER * this.random.int(1001)) / 1000
    const delayMs = this.#nextMs * spread
    this.#nextMs = Math.min(this.#nextMs * 2, this.maxMs)
    return delayMs
  }
}
