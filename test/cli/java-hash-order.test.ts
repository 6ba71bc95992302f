import { expect, test } from 'vitest'
import { inHashOrder } from '../../src/cli/java-hash-order.js'

test('names come in the order in which Java’s HashMap lists them', () => {
  // As seen from Kafka's tools: topics of --describe, groups of --list and --reset-offsets.
  const topics = 'alpha beta delta epsilon eta gamma iota kappa lambda mu nu theta zeta all-configs'.split(' ')
  expect(inHashOrder(topics.sort(), 1).join(' ')).toBe(
    'zeta iota nu delta mu all-configs theta epsilon lambda eta alpha kappa beta gamma',
  )
  expect(inHashOrder(['alpha', 'beta', 'delta', 'gamma'], 1)).toEqual(['delta', 'beta', 'gamma', 'alpha'])
  expect(inHashOrder(['a-group-with-a-rather-long-name', 'g1', 'gp', 'live-new'])).toEqual([
    'live-new',
    'a-group-with-a-rather-long-name',
    'gp',
    'g1',
  ])
  expect(inHashOrder(['g x', 'h'])).toEqual(['h', 'g x'])
  expect(inHashOrder(['g+x', 'h'])).toEqual(['g+x', 'h'])
})

test('names of one bucket stay in the order in which they came, and each counts once', () => {
  expect(inHashOrder(['Aa', 'BB', 'Aa'])).toEqual(['Aa', 'BB'])
  expect(inHashOrder(['BB', 'Aa'])).toEqual(['BB', 'Aa'])
  expect(inHashOrder([])).toEqual([])
})
