import { describe, expect, test } from 'vitest'
import { KeyOffsets } from '../../src/storage/key-offsets.js'

function key(number: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(number)
  return bytes
}

describe('last offsets by key', () => {
  test('are those that a map would hold, far beyond 32 bits too', () => {
    const first = 2 ** 40
    const keys = new KeyOffsets(first, 1_000_000)
    const twin = new Map<number, number>()
    for (let i = 0; i < 30_000; i++) {
      const number = (i * 7919) % 10_007
      keys.put(key(number), first + i * 1_000_003)
      twin.set(number, first + i * 1_000_003)
    }
    for (const [number, offset] of twin) expect(keys.lastOffsetOf(key(number))).toBe(offset)
    expect([keys.count, keys.lastOffsetOf(key(-1)), keys.lastOffsetOf(Buffer.alloc(0))]).toEqual([twin.size, -1, -1])
  })

  test('stop at as many keys as there may be', () => {
    const keys = new KeyOffsets(5, 2)
    expect([keys.put(key(1), 5), keys.put(key(1), 6), keys.put(key(2), 7), keys.put(key(3), 8)]).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect([keys.lastOffsetOf(key(1)), keys.lastOffsetOf(key(3))]).toEqual([6, -1])
  })

  test('take no memory before they come, and about 20 bytes a key', () => {
    const keys = new KeyOffsets(0, 5_000_000)
    expect(keys.sizeBytes).toBe(0)
    for (let i = 0; i < 200_000; i++) keys.put(key(i), i)
    expect(keys.sizeBytes / keys.count).toBeLessThan(20)
  })
})
