import { expect, test } from 'vitest'
import { fuzzClusterRound } from './cluster-fuzz.js'
import { nothingFuzzed } from './fuzz.js'

test('controllers that are lied to as by voters and brokers elect again, take records, and have all that they acknowledged', async () => {
  const fuzzed = nothingFuzzed()
  await fuzzClusterRound(1, 400, fuzzed)
  expect(fuzzed.failures).toEqual([])
  expect(fuzzed.answered).toBeGreaterThan(100)
  expect(fuzzed.records).toBeGreaterThan(3)
}, 300_000)
