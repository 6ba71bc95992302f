import { describe, expect, test } from 'vitest'
import { Reader } from '../../src/bytes/reader.js'
import { varintSize, varlongSize, writeVarintAt, writeVarlongAt } from '../../src/bytes/varint.js'

const INTS = [0, -1, 1, 63, -64, 64, -65, 8191, 8192, -8193, 1048575, 1048576, 2 ** 31 - 1, -(2 ** 31)]
const LONGS = [...INTS, 2 ** 31, 2 ** 34 - 1, -(2 ** 34) - 1, 2 ** 51, 2 ** 53 - 1, -(2 ** 53 - 1)]

describe('varints at a place', () => {
  test.each([
    [0, '00'],
    [-1, '01'],
    [1, '02'],
    [300, 'd804'],
    [2 ** 31 - 1, 'feffffff0f'],
    [-(2 ** 31), 'ffffffff0f'],
  ])('%d is zig-zag encoded', (value, hex) => {
    const bytes = Buffer.alloc(5)
    const end = writeVarintAt(bytes, 0, value)
    expect(bytes.toString('hex', 0, end)).toBe(hex)
  })

  test('32 bits are read back as written, in as many bytes as were counted', () => {
    for (const value of INTS) {
      const bytes = Buffer.alloc(12)
      expect(writeVarintAt(bytes, 2, value) - 2).toBe(varintSize(value))
      expect(new Reader(bytes, 2).varint()).toBe(value)
    }
  })

  test('every safe integer is read back as written, in as many bytes as were counted', () => {
    for (const value of LONGS) {
      const bytes = Buffer.alloc(14)
      expect(writeVarlongAt(bytes, 2, value) - 2).toBe(varlongSize(value))
      const reader = new Reader(bytes, 2)
      expect(reader.varlong()).toBe(value)
      expect(reader.position).toBe(2 + varlongSize(value))
    }
  })
})
