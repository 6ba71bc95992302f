import { describe, expect, test } from 'vitest'
import { isLastCount, parseRange } from '../../../src/cli/cat/range.js'

const NOW = Date.UTC(2026, 0, 31, 12)

describe('a range of records', () => {
  test.each([
    ['0-100', { from: { offset: 0 }, to: { offset: 101 } }],
    ['42', { from: { offset: 42 }, to: { offset: 43 } }],
    ['42-', { from: { offset: 42 }, to: null }],
    ['-5', { from: { fromEnd: 5 }, to: null }],
    ['@-10m', { from: { timeMs: NOW - 600_000 }, to: null }],
    ['@-2h..-1h', { from: { timeMs: NOW - 7_200_000 }, to: { timeMs: NOW - 3_600_000 } }],
    ['@..@-1h', { from: null, to: { timeMs: NOW - 3_600_000 } }],
    ['@2026-01-01T00:00Z', { from: { timeMs: Date.UTC(2026, 0, 1) }, to: null }],
    ['@2026-01-01T00:00', { from: { timeMs: new Date(2026, 0, 1).getTime() }, to: null }],
    ['@2026-01-01', { from: { timeMs: new Date(2026, 0, 1).getTime() }, to: null }],
    ['@1767225600000', { from: { timeMs: 1767225600000 }, to: null }],
  ])('%s', (text, range) => {
    expect(parseRange(text, NOW)).toEqual(range)
  })

  test.each(['', '-', 'x', '1-2-3', '9-3', '@soon', '@2026-13-01', '@-1h..-1m..-1s', '99999999999999999999'])(
    '%j is none',
    (text) => {
      expect(() => parseRange(text, NOW)).toThrow(/is no|ends where/)
    },
  )

  test('-5 is told from an option', () => {
    expect(['-5', '-f', '--5', '5'].filter(isLastCount)).toEqual(['-5'])
  })
})
