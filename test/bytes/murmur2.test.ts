import { describe, expect, test } from 'vitest'
import { murmur2 } from '../../src/bytes/murmur2.js'

describe('murmur2', () => {
  test.each([
    ['21', -973932308, 0],
    ['foobar', -790332482, 0],
    ['abc', 479470107, 3],
    ['a-little-bit-long-string', -985981536, 2],
    ['a', -1563381124, 4],
    ['key', -1079937367, 1],
    ['user-42', 1459644460, 4],
    ['', 275646681, 3],
  ])(
    'of %j is what the Java client computes, so that of 6 partitions the same one is chosen',
    (key, hash, partition) => {
      expect(murmur2(Buffer.from(key))).toBe(hash)
      expect((murmur2(Buffer.from(key)) & 0x7fffffff) % 6).toBe(partition)
    },
  )
})
