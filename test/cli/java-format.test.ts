import { expect, test } from 'vitest'
import { fixed } from '../../src/cli/java-format.js'

test.each([
  [1.005, 2, '1.01'],
  [0.125, 2, '0.13'],
  [2.5, 0, '3'],
  [0, 2, '0.00'],
  [-0.004, 2, '-0.00'],
  [996.512207, 6, '996.512207'],
  [123456789.987, 1, '123456790.0'],
  [1e21, 1, '1000000000000000000000.0'],
  [1.5e-7, 4, '0.0000'],
  [0.99996, 4, '1.0000'],
  [Number.NaN, 2, 'NaN'],
  [Number.POSITIVE_INFINITY, 2, 'Infinity'],
])('%d with %d digits is %s: halves go up, as Java rounds', (value, digits, text) => {
  expect(fixed(value, digits)).toBe(text)
})
