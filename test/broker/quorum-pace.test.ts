import { expect, test } from 'vitest'
import { QuorumPace } from '../../src/broker/quorum-pace.js'
import { ManualClock } from '../support/manual-clock.js'

const CONFIG = {
  ...{ electionTimeoutMs: 200, fetchTimeoutMs: 600, electionBackoffMsMax: 200 },
  ...{ requestTimeoutMs: 2000, joinsByItself: false },
}

function paced(...syncsMs: number[]): { clock: ManualClock; pace: QuorumPace } {
  const clock = new ManualClock()
  const pace = new QuorumPace(clock)
  for (const ms of syncsMs) pace.timed(() => clock.advance(ms))
  return { clock, pace }
}

test.each([
  ['a disk that is quick changes nothing', [0, 5, 50], 600],
  ['a slow one gives others the time of two syncs', [1000], 2600],
  ['a quick sync after it does not take that back', [1000, 1], 2600],
  ['the latest slow one counts', [1000, 300], 1200],
  ['no disk makes anybody wait for good', [60_000], 12_600],
])('%s', (_, syncsMs, expected) => {
  const { pace } = paced(...syncsMs)
  expect(pace.stretched(600)).toBe(expected)
  expect(pace.paced(CONFIG).fetchTimeoutMs).toBe(expected)
})

test('it is forgotten some seconds later, and again and again if it goes on', () => {
  const { clock, pace } = paced(1000)
  for (let i = 0; i < 5; i++) {
    clock.advance(4000)
    expect(pace.stretched(600)).toBe(2600)
    pace.timed(() => clock.advance(1000))
  }
  clock.advance(5001)
  expect(pace.stretched(600)).toBe(600)
})

test('elections are stretched too; what nobody waits for the disk in is as it was set', () => {
  const { pace } = paced(100)
  expect({ ...pace.paced(CONFIG) }).toEqual({ ...CONFIG, electionTimeoutMs: 400, fetchTimeoutMs: 800 })
})

test('a sync that fails has taken its time all the same', () => {
  const { clock, pace } = paced()
  const fail = (): never => {
    clock.advance(1000)
    throw new Error('no space left on device')
  }
  expect(() => pace.timed(fail)).toThrow('no space')
  expect(pace.stretched(600)).toBe(2600)
})
