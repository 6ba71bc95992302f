/** Where time enters klog. Everything that waits or stamps gets one of these; tests get one that they move by hand. */
export interface Clock {
  /** Wall time in milliseconds since 1970, as written into records. May jump. */
  now(): number
  /** Milliseconds from some fixed moment, never going back: for measuring and for timeouts. */
  monotonicMs(): number
  /** Runs `act` once after `delayMs`, which may be any non-negative number, however large. */
  after(delayMs: number, act: () => void): Timer
}

export interface Timer {
  cancel(): void
}

/** Node's timers hold 31 bits and fire at once beyond that, so a long wait is taken in legs. */
const LEG_MS_MAX = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, act) => {
    let left = Math.max(0, delayMs)
    let handle: NodeJS.Timeout
    const leg = (): void => {
      const step = Math.min(left, LEG_MS_MAX)
      left -= step
      handle = setTimeout(() => (left > 0 ? leg() : act()), step)
    }
    leg()
    return { cancel: () => clearTimeout(handle) }
  },
}
