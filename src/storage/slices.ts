import type { Clock } from '../base/clock.js'

/** How long work goes on before others have their turn, a collection of garbage aside; and how long that turn is at least. */
const SLICE_MS = 2
const PAUSE_MS = 1
const PAUSE_MS_MAX = 1000

/** Work in pieces. What is yielded is to be waited for; nothing, where somebody else may have the processor. */
export type Slices<T> = Generator<Promise<void> | undefined, T, void>

export interface Turns {
  readonly clock: Clock
  /** Asked after every turn of others: whether the work is to be left as it is. */
  readonly isOver: () => boolean
  /** How much sooner than allowed all this was done. */
  readonly aheadMs?: () => number
}

/** Does the work in the background, a slice at a time: no other waits for longer than one takes. Null when it was over on the way. */
export async function inSlices<T>(work: Slices<T>, { clock, isOver, aheadMs = () => 0 }: Turns): Promise<T | null> {
  try {
    for (;;) {
      const sliceEndMs = clock.monotonicMs() + SLICE_MS
      let step = work.next()
      while (!step.done && step.value === undefined && clock.monotonicMs() < sliceEndMs && aheadMs() <= 0)
        step = work.next()
      if (step.done) return step.value
      if (step.value !== undefined) await step.value
      do {
        const pauseMs = step.value === undefined ? PAUSE_MS : 0
        const waitMs = Math.max(pauseMs, Math.min(PAUSE_MS_MAX, aheadMs()))
        if (waitMs > 0) await new Promise<void>((resolve) => clock.after(waitMs, resolve))
        if (isOver()) return null
      } while (aheadMs() > 0)
    }
  } finally {
    work.return(undefined as T)
  }
}
