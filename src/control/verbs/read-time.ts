import { verb } from '../verb.js'

export interface TimeReport {
  readonly isVirtual: boolean
  /** By how much the broker's clock is ahead of the real one; 0 where it cannot be moved. */
  readonly aheadMs: number
}

/** How the broker's clock stands. */
export const readTime = verb(
  'time.read',
  () => ({}),
  async ({ time }): Promise<TimeReport> => ({ isVirtual: time !== null, aheadMs: time?.offsetMs ?? 0 }),
)
