import type { Clock, Timer } from '../../src/base/clock.js'

interface Due {
  readonly atMs: number
  readonly order: number
  readonly act: () => void
}

/** A clock that stands still until a test moves it; timers run in the order in which they fall due. */
export class ManualClock implements Clock {
  #elapsedMs = 0
  #orders = 0
  readonly #due = new Set<Due>()

  constructor(readonly startMs = 1_700_000_000_000) {}

  now(): number {
    return this.startMs + this.#elapsedMs
  }

  monotonicMs(): number {
    return this.#elapsedMs
  }

  after(delayMs: number, act: () => void): Timer {
    const due: Due = { atMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#orders++, act }
    this.#due.add(due)
    return { cancel: () => this.#due.delete(due) }
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#due.size
  }

  /** Moves time on, running what falls due on the way, timers set by timers included. */
  advance(ms: number): void {
    const endMs = this.#elapsedMs + ms
    for (let due = this.#next(endMs); due !== null; due = this.#next(endMs)) {
      this.#due.delete(due)
      this.#elapsedMs = Math.max(this.#elapsedMs, due.atMs)
      due.act()
    }
    this.#elapsedMs = endMs
  }

  #next(endMs: number): Due | null {
    let first: Due | null = null
    for (const due of this.#due) {
      if (due.atMs > endMs) continue
      if (first === null || due.atMs < first.atMs || (due.atMs === first.atMs && due.order < first.order)) first = due
    }
    return first
  }
}
