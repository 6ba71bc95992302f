import { expect, test } from 'vitest'
import { dateFormat } from '../../src/cli/java-date.js'

const AT = new Date(2026, 10, 1, 9, 5, 7, 42).getTime()

test.each([
  ['yyyy-MM-dd HH:mm:ss:SSS', '2026-11-01 09:05:07:042'],
  ["EEE d MMM yy 'at' h 'o''clock' a", "Sun 1 Nov 26 at 9 o'clock AM"],
  ['EEEE MMMM D', 'Sunday November 305'],
  ['k K u', '9 9 7'],
])('%s gives %s', (pattern, text) => {
  expect(dateFormat(pattern)(AT)).toBe(text)
})

test.each([
  ['q', "Illegal pattern character 'q'"],
  ["yyyy 'x", 'Unterminated quote'],
])('%s is refused', (pattern, message) => {
  expect(() => dateFormat(pattern)).toThrow(message)
})
