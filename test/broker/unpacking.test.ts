import { expect, test } from 'vitest'
import { Unpacking } from '../../src/broker/unpacking.js'
import { ManualClock } from '../support/manual-clock.js'

test('what is unpacked in one turn has its share, and the next turn has one again', async () => {
  const clock = new ManualClock()
  const unpacking = new Unpacking(clock)
  for (const ms of [0, 10, 9]) {
    expect(unpacking.measured(() => clock.advance(ms))).toBeUndefined()
    expect(unpacking.isSpent).toBe(false)
  }
  unpacking.measured(() => clock.advance(1))
  expect(unpacking.isSpent).toBe(true)
  await unpacking.nextTurn()
  expect(unpacking.isSpent).toBe(false)
})

test('what cannot be unpacked has taken its time, too', () => {
  const clock = new ManualClock()
  const unpacking = new Unpacking(clock)
  const fails = (): never => {
    clock.advance(300)
    throw new Error('a bomb')
  }
  expect(() => unpacking.measured(fails)).toThrow('a bomb')
  expect(unpacking.isSpent).toBe(true)
})
