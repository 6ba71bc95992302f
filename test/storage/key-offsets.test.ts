import { describe, expect, test } from 'vitest'
import { KeyOffsets } from '../../src/storage/key-offsets.js'

function key(number: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(number)
  return bytes
}

describe('last offsets by key', () => {
  test('are those that a map would hold, also where they are beyond 32 bits', () => {
    const first = 2 ** 40
    const keys = new KeyOffsets(first, 1_000_000)
    const twin = new Map<number, number>()
    for (let i = 0; i < 30_000; i++) {
      const number = (i * 7919) % 10_007
      keys.put(key(number), first + i * 100_003)
      twin.set(number, first + i * 100_003)
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

  test('take less than 75 MB for five million keys', () => {
    expect(new KeyOffsets(0, 5_000_000).sizeBytes).toBeLessThan(75_000_000)
  })

  test('stop four thousand million offsets after the first', () => {
    const keys = new KeyOffsets(7, 2)
    expect([keys.put(key(1), 7 + 2 ** 32 - 2), keys.put(key(2), 7 + 2 ** 32 - 1)]).toEqual([true, false])
    expect(keys.lastOffsetOf(key(1))).toBe(7 + 2 ** 32 - 2)
  })

  test('find every key in a table that is full', () => {
    const keys = new KeyOffsets(0, 1000)
    for (let i = 0; i < 1000; i++) expect(keys.put(key(i), i)).toBe(true)
    for (let i = 0; i < 1000; i++) expect(keys.lastOffsetOf(key(i))).toBe(i)
    expect(keys.lastOffsetOf(key(1000))).toBe(-1)
  })
})
