import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { fuzzRound, nothingFuzzed } from './fuzz.js'

const MS_MAX = 6000

test('requests that were bent on the way are answered or their connection is closed, and nobody else notices', async () => {
  const fuzzed = nothingFuzzed()
  const endMs = systemClock.monotonicMs() + MS_MAX
  for (let seed = 1; seed === 1 || systemClock.monotonicMs() < endMs; seed++) await fuzzRound(seed, fuzzed)
  expect(fuzzed.failures).toEqual([])
  expect(fuzzed.frames).toBeGreaterThanOrEqual(400)
  expect(fuzzed.answered).toBeGreaterThan(50)
  expect(fuzzed.closed).toBeGreaterThan(50)
}, 60_000)
