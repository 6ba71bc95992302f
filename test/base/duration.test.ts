import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../../src/base/duration.js'

const DAY_MS = 86_400_000

test.each([
  ['8d', 8 * DAY_MS],
  ['1d12h', 1.5 * DAY_MS],
  ['2w', 14 * DAY_MS],
  ['90s', 90_000],
  ['5m', 300_000],
  ['5ms', 5],
  ['1h5m10s15ms', 3_910_015],
])('%s is a length of time', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['', '8', 'd', '-1d', '1.5d', '12h1d', '1d 12h', '1D', '1d1d', '99999999999d', '٣d'])(
  '“%s” is no length of time',
  (text) => {
    expect(parseDuration(text)).toBeNull()
  },
)

test('a length of time is shown in the same form', () => {
  expect([0, 999, 60_000, 1.5 * DAY_MS, 8 * DAY_MS + 61_500].map(formatDuration)).toEqual([
    ...['0ms', '999ms', '1m', '1d12h', '8d1m1s'],
  ])
})
