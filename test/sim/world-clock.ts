import type { Clock, Timer } from '../../src/base/clock.js'

interface Due {
  readonly atMs: number
  readonly order: number
  act: (() => void) | null
}

/** The time of a whole simulation: it stands still until it is moved to the next thing that is due. */
export class WorldClock implements Clock {
  /** A heap: the next one first. */
  readonly #due: Due[] = []
  #elapsedMs = 0
  #orders = 0

  constructor(readonly startMs = 1_700_000_000_000) {}

  now(): number {
    return Math.floor(this.startMs + this.#elapsedMs)
  }

  monotonicMs(): number {
    return this.#elapsedMs
  }

  after(delayMs: number, act: () => void): Timer {
    return this.at(this.#elapsedMs + Math.max(0, delayMs), act)
  }

  /** At a moment, as `monotonicMs` tells it: what is due at the same is done in the order in which it was asked for. */
  at(atMs: number, act: () => void): Timer {
    const due: Due = { atMs, order: this.#orders++, act }
    this.#push(due)
    return {
      cancel: () => {
        due.act = null
      },
    }
  }

  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve))
  }

  /** Goes on to what is due next, and does it. False when nothing is. */
  step(): boolean {
    for (let due = this.#pop(); due !== null; due = this.#pop()) {
      const { act } = due
      if (act === null) continue
      this.#elapsedMs = Math.max(this.#elapsedMs, due.atMs)
      act()
      return true
    }
    return false
  }

  #push(due: Due): void {
    const heap = this.#due
    let at = heap.length
    heap.push(due)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (isBefore(heap[parent]!, due)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = due
  }

  #pop(): Due | null {
    const heap = this.#due
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined) return null
    if (first === last) return first
    let at = 0
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (isBefore(last, heap[child]!)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
    return first
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}
