import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { simulate } from './simulation.js'

/** So many simulations on a machine that has time; fewer, but these at least, on one that has not. */
const SEEDS_MAX = 1000
const SEEDS_MIN = 25
const SECONDS_MAX = 50
const TIMEOUT_MS = 300_000

/** Every second seed: the other half is simulated at the same time by another process. */
export function testEverySecondSeed(first: 1 | 2): void {
  test(
    `whatever is killed, cut off and delayed: every promise is kept, with up to ${SEEDS_MAX} seeds from ${first} on`,
    async () => {
      const untilMs = systemClock.monotonicMs() + SECONDS_MAX * 1000
      let acknowledged = 0
      for (let done = 0; done < SEEDS_MAX; done++) {
        if (done >= SEEDS_MIN && systemClock.monotonicMs() > untilMs) break
        const seed = first + 2 * done
        const outcome = await simulate(seed)
        expect(outcome.failure?.message ?? null, `see it with: npm run sim -- --seed ${seed}`).toBeNull()
        acknowledged += outcome.acknowledged
      }
      expect(acknowledged).toBeGreaterThan(SEEDS_MIN)
    },
    TIMEOUT_MS,
  )
}
