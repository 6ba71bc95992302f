import { expect, test } from 'vitest'
import type { Clock, Timer } from '../../src/base/clock.js'
import { afterRunning } from '../../src/base/patient-timer.js'
import { ManualClock } from '../support/manual-clock.js'

/** A clock of a process that stands still now and then: timers that fall due meanwhile run late, one at a time. */
class HaltingClock implements Clock {
  #elapsedMs = 0
  #due: { readonly atMs: number; readonly act: () => void } | null = null

  now(): number {
    return this.#elapsedMs
  }

  monotonicMs(): number {
    return this.#elapsedMs
  }

  after(delayMs: number, act: () => void): Timer {
    this.#due = { atMs: this.#elapsedMs + delayMs, act }
    return {
      cancel: () => {
        this.#due = null
      },
    }
  }

  runs(ms: number): void {
    const endMs = this.#elapsedMs + ms
    while (this.#due !== null && this.#due.atMs <= endMs) {
      this.#elapsedMs = Math.max(this.#elapsedMs, this.#due.atMs)
      this.#fire()
    }
    this.#elapsedMs = endMs
  }

  standsStill(ms: number): void {
    this.#elapsedMs += ms
    if (this.#due !== null && this.#due.atMs <= this.#elapsedMs) this.#fire()
  }

  #fire(): void {
    const { act } = this.#due!
    this.#due = null
    act()
  }
}

const DELAY_MS = 600

function timed(clock: Clock, delayMs = DELAY_MS): { readonly timer: Timer; ranAtMs: number | null } {
  const seen = {
    timer: afterRunning(clock, delayMs, () => {
      seen.ranAtMs = clock.monotonicMs()
    }),
    ranAtMs: null as number | null,
  }
  return seen
}

test.each([0, 1, 10, 100, 599.5, DELAY_MS])('it runs after just %d ms of a process that runs', (delayMs) => {
  const clock = new ManualClock()
  const seen = timed(clock, delayMs)
  clock.advance(delayMs - 0.25)
  expect(seen.ranAtMs).toBeNull()
  clock.advance(0.25)
  expect(seen.ranAtMs).toBe(delayMs)
  expect(clock.timers).toBe(0)
})

test('it never runs once it is cancelled, in whichever leg', () => {
  const clock = new ManualClock()
  const seen = timed(clock)
  clock.advance(DELAY_MS - 1)
  seen.timer.cancel()
  clock.advance(DELAY_MS * 10)
  expect(seen.ranAtMs).toBeNull()
  expect(clock.timers).toBe(0)
})

test('while the process stands still it does not get older', () => {
  const clock = new HaltingClock()
  const seen = timed(clock)
  clock.runs(100)
  clock.standsStill(500)
  clock.runs(DELAY_MS - 200)
  expect(seen.ranAtMs).toBeNull()
  clock.runs(DELAY_MS)
  expect(seen.ranAtMs).not.toBeNull()
})

test('what came while the process stood still is looked at before it runs, also where that was all of its time, and again', () => {
  const clock = new HaltingClock()
  const seen = timed(clock)
  clock.standsStill(DELAY_MS * 3)
  clock.standsStill(DELAY_MS)
  expect(seen.ranAtMs).toBeNull()
  clock.runs(DELAY_MS * 3)
  expect(seen.ranAtMs).not.toBeNull()
})

test('a process that stands still again and again has it run all the same', () => {
  const clock = new HaltingClock()
  const seen = timed(clock)
  for (let i = 0; i < 20; i++) clock.standsStill(DELAY_MS)
  expect(seen.ranAtMs).toBeLessThan(DELAY_MS * 20)
})
