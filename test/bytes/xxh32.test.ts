import { expect, test } from 'vitest'
import { xxh32 } from '../../src/bytes/xxh32.js'

test.each([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['abcdefghijklmnopqrstuvwxyz', 0x63a14d5f],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('xxHash32 of %j is what others compute', (text, hash) => {
  expect(xxh32(Buffer.from(text))).toBe(hash)
  expect(xxh32(Buffer.from(`..${text}.`), 2, 2 + text.length)).toBe(hash)
})
