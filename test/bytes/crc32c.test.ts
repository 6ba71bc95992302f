import { describe, expect, test } from 'vitest'
import { crcOf, crcTable } from '../../src/bytes/crc-table.js'
import { crc32 } from '../../src/bytes/crc32.js'
import { crc32c } from '../../src/bytes/crc32c.js'

const CHECK = Buffer.from('123456789')

describe('crc32c', () => {
  test('has the check value of CRC-32C', () => {
    expect(crc32c(CHECK)).toBe(0xe3069283)
  })

  test('covers the named part of the bytes only', () => {
    expect(crc32c(Buffer.from('xx123456789yy'), 2, 11)).toBe(0xe3069283)
    expect(crc32c(CHECK, 4, 4)).toBe(0)
  })

  test('is the same from the native module as from the table', () => {
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 31 + (i >> 3)) & 0xff))
    const table = crcTable(0x82f63b78)
    for (const [start, end] of [
      [0, 5000],
      [0, 255],
      [0, 256],
      [1, 257],
      [13, 4999],
    ] as const) {
      expect(crc32c(bytes, start, end)).toBe(crcOf(table, bytes, start, end))
    }
  })
})

describe('crc32', () => {
  test('has the check value of CRC-32', () => {
    expect(crc32(CHECK)).toBe(0xcbf43926)
  })

  test.each([
    ['a', 3904355907],
    ['key', 2324736937],
    ['foobar', 2666930069],
    ['user-42', 2097592435],
  ])('of %s is what librdkafka picks a partition by', (key, crc) => {
    expect(crc32(Buffer.from(key))).toBe(crc)
  })
})
