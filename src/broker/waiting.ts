import type { Clock, Timer } from '../base/clock.js'

/** Somebody who can be waited for: whoever listens is told each time that something changed. */
export class Signal {
  /** Null until somebody listens: of ten thousand partitions most never have anybody. */
  #listeners: Set<() => void> | null = null

  /** Returns a way to stop listening. */
  listen(listener: () => void): () => void {
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
    return () => this.#listeners?.delete(listener)
  }

  fire(): void {
    if (this.#listeners !== null) for (const listener of [...this.#listeners]) listener()
  }
}

export type WaitOutcome = 'done' | 'timeout' | 'closed'

export interface Wait {
  readonly clock: Clock
  /** Any number of milliseconds; 0 and less do not wait. */
  readonly waitMs: number
  readonly signals: readonly Signal[]
  /** Asked each time that the signal at `index` fires; true ends the wait. */
  readonly isDone: (index: number) => boolean
  /** Where a connection that ends is heard of: nobody is left to answer then. */
  readonly onClose?: (act: () => void) => () => void
}

/**
 * Parks a request until it is done, its time is up or its connection has gone. The caller looks first and waits second,
 * with nothing in between, so that no change is missed.
 */
export function waitUntil({ clock, waitMs, signals, isDone, onClose }: Wait): Promise<WaitOutcome> {
  if (waitMs <= 0) return Promise.resolve('timeout')
  return new Promise((resolve) => {
    const undo: (() => void)[] = []
    const end = (outcome: WaitOutcome): void => {
      for (const act of undo.splice(0)) act()
      resolve(outcome)
    }
    const timer: Timer = clock.after(waitMs, () => end('timeout'))
    undo.push(() => timer.cancel())
    if (onClose !== undefined) undo.push(onClose(() => end('closed')))
    signals.forEach((signal, index) => {
      undo.push(signal.listen(() => isDone(index) && end('done')))
    })
  })
}
