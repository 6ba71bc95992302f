import { expect, test } from 'vitest'
import { matchingTexts } from '../../src/broker/matching-texts.js'

test('a pattern in Java’s notation selects the texts that it matches as a whole', () => {
  expect([...matchingTexts('[a-c&&[^b]]+', ['a', 'b', 'ac', 'acd'])!]).toEqual(['a', 'ac'])
})

test('what is no pattern selects nothing', () => {
  expect(matchingTexts('(', ['a'])).toBeNull()
})

test('a pattern that would never come to an end is given up', () => {
  expect(matchingTexts('(a+)+b', [`${'a'.repeat(60)}!`])).toBeNull()
})
