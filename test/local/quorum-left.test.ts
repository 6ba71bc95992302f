import { expect, test } from 'vitest'
import { hasQuorum } from '../../src/local/quorum-left.js'

const reach = (up: number[], cuts: string[] = [], voters = [0, 1, 2]): boolean =>
  hasQuorum({ voters, up: new Set(up), isCut: (a, b) => cuts.includes(`${Math.min(a, b)}-${Math.max(a, b)}`) })

test('a majority of the voters must be up', () => {
  expect([reach([0, 1, 2]), reach([0, 2]), reach([1]), reach([])]).toEqual([true, true, false, false])
  expect([reach([0], [], [0]), reach([0], [], [0, 1]), reach([0, 1], [], [0, 1, 2, 3])]).toEqual([true, false, false])
})

test('and one of them must reach so many: cut off ones do not count', () => {
  expect(reach([0, 1, 2], ['0-2', '1-2'])).toBe(true)
  expect(reach([0, 1], ['0-1'])).toBe(false)
  expect(reach([0, 1, 2], ['0-1'])).toBe(true)
  expect(reach([0, 1, 2], ['0-1', '0-2', '1-2'])).toBe(false)
})

test('brokers without a vote do not count', () => {
  expect(reach([1, 3, 4])).toBe(false)
})
