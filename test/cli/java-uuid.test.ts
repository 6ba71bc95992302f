import { expect, test } from 'vitest'
import { parseUuid } from '../../src/cli/java-uuid.js'

test('an id is 16 bytes of base64url, with padding or without', () => {
  expect(parseUuid('i-RNknMASDeE9ET5PasmcQ')).toBe('i-RNknMASDeE9ET5PasmcQ')
  expect(parseUuid('i-RNknMASDeE9ET5PasmcQ==')).toBe('i-RNknMASDeE9ET5PasmcQ')
  expect(parseUuid('zzzzzzzzzzzzzzzzzzzzzR')).toBe('zzzzzzzzzzzzzzzzzzzzzQ')
})

const LENGTH = 'which is not equal to the expected 16 bytes of a base64-encoded UUID'

test.each([
  ['', `Input string \`\` decoded as 0 bytes, ${LENGTH}`],
  ['x', 'Input byte[] should at least have 2 bytes for base64 bytes'],
  ['xx', `Input string \`xx\` decoded as 1 bytes, ${LENGTH}`],
  ['xxxxx', 'Last unit does not have enough valid bits'],
  ['a.b', 'Illegal base64 character 2e'],
  ['x'.repeat(33), `Input string with prefix \`${'x'.repeat(24)}\` is too long to be decoded as a base64 UUID`],
  ['xxxx=', 'Input byte array has wrong 4-byte ending unit'],
  ['xx=', 'Input byte array has wrong 4-byte ending unit'],
  ['xx==x', 'Input byte array has incorrect ending byte at 4'],
])('%j is no id, in Java’s words', (text, message) => {
  expect(() => parseUuid(text)).toThrow(message)
})
