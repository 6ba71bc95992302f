import { expect, test } from 'vitest'
import { crashRound } from './crash.js'

test('a broker that is killed again and again has each acknowledged record once, in order and where it was said to be, and each commit, topic and setting', async () => {
  const { failure, kills, acknowledged, stored, registers } = await crashRound(1, 2)
  expect(failure).toBeNull()
  expect(kills).toBeGreaterThanOrEqual(3)
  expect(stored).toBeGreaterThanOrEqual(acknowledged)
  expect(acknowledged).toBeGreaterThan(50)
  expect(registers).toBeGreaterThan(5)
}, 60_000)
