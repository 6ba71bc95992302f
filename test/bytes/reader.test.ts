import { describe, expect, test } from 'vitest'
import { MalformedBytes } from '../../src/bytes/malformed.js'
import { int64At, Reader } from '../../src/bytes/reader.js'

const MAX = Number.MAX_SAFE_INTEGER

const readerOf = (digits: string): Reader => new Reader(Buffer.from(digits.replaceAll(' ', ''), 'hex'))

describe('numbers are big-endian', () => {
  test.each<[string, string, (reader: Reader) => unknown, unknown]>([
    ['int8', 'ff', (r) => r.int8(), -1],
    ['uint8', 'ff', (r) => r.uint8(), 255],
    ['int16', 'fffe', (r) => r.int16(), -2],
    ['uint16', 'fffe', (r) => r.uint16(), 65534],
    ['int32', '80000000', (r) => r.int32(), -(2 ** 31)],
    ['uint32', '80000000', (r) => r.uint32(), 2 ** 31],
    ['int64', '0000018bcfe56800', (r) => r.int64(), 1_700_000_000_000],
    ['int64Bits', 'ffffffffffffffff', (r) => r.int64Bits(), -1n],
    ['float64', '3ff8000000000000', (r) => r.float64(), 1.5],
    ['uuid', '000102030405060708090a0b0c0d0e0f', (r) => r.uuid(), 'AAECAwQFBgcICQoLDA0ODw'],
  ])('%s', (_, digits, read, value) => {
    const reader = readerOf(digits)
    expect(read(reader)).toBe(value)
    expect(reader.remaining).toBe(0)
  })
})

test('any byte but zero is true', () => {
  expect(readerOf('00').boolean()).toBe(false)
  expect(readerOf('01').boolean()).toBe(true)
  expect(readerOf('80').boolean()).toBe(true)
})

test('an int64 is exact to 2^53 - 1 and saturates beyond', () => {
  expect(readerOf('001fffffffffffff').int64()).toBe(MAX)
  expect(readerOf('0020000000000000').int64()).toBe(MAX)
  expect(readerOf('7fffffffffffffff').int64()).toBe(MAX)
  expect(readerOf('ffe0000000000001').int64()).toBe(-MAX)
  expect(readerOf('ffe0000000000000').int64()).toBe(-MAX)
  expect(readerOf('8000000000000000').int64()).toBe(-MAX)
  expect(readerOf('ffffffffffffffff').int64()).toBe(-1)
  expect(int64At(Buffer.from('aaffffffffffffff00', 'hex'), 1)).toBe(-256)
})

test('an unsigned varint has seven bits a byte, the lowest first, in at most five bytes', () => {
  expect(readerOf('00').uvarint()).toBe(0)
  expect(readerOf('7f').uvarint()).toBe(127)
  expect(readerOf('8001').uvarint()).toBe(128)
  expect(readerOf('ac02').uvarint()).toBe(300)
  expect(readerOf('ffffffff0f').uvarint()).toBe(2 ** 32 - 1)
  expect(readerOf('8000').uvarint()).toBe(0)
  expect(() => readerOf('808080808001').uvarint()).toThrow(MalformedBytes)
  expect(() => readerOf('80').uvarint()).toThrow(MalformedBytes)
  expect(() => readerOf('').uvarint()).toThrow(MalformedBytes)
})

test('signed varints are zig-zag; a varlong saturates as an int64 and has at most ten bytes', () => {
  expect(readerOf('01').varint()).toBe(-1)
  expect(readerOf('ffffffff0f').varint()).toBe(-(2 ** 31))
  expect(readerOf('d804').varlong()).toBe(300)
  expect(readerOf('808080808040').varlong()).toBe(2 ** 40)
  expect(readerOf('feffffffffffff1f').varlong()).toBe(MAX)
  expect(readerOf('feffffffffffffffff01').varlong()).toBe(MAX)
  expect(readerOf('ffffffffffffffffff01').varlong()).toBe(-MAX)
  expect(() => readerOf('8080808080808080808001').varlong()).toThrow(MalformedBytes)
})

test('text is UTF-8, and what is none becomes U+FFFD', () => {
  expect(readerOf('6772c3b6c39f65').text(7)).toBe('größe')
  expect(readerOf('f09f9880').text(4)).toBe('😀')
  expect(readerOf('ff61').text(2)).toBe('\ufffda')
  expect(readerOf('').text(0)).toBe('')
})

test('bytes are a view, not a copy', () => {
  const reader = readerOf('010203')
  const view = reader.bytes(2)
  reader.buffer[0] = 9
  expect([...view]).toEqual([9, 2])
})

test('nothing is read beyond the end, not even of a buffer that goes on', () => {
  const reads: ((reader: Reader) => unknown)[] = [
    (r) => r.int8(),
    (r) => r.boolean(),
    (r) => r.int16(),
    (r) => r.uint16(),
    (r) => r.int32(),
    (r) => r.uint32(),
    (r) => r.int64(),
    (r) => r.int64Bits(),
    (r) => r.float64(),
    (r) => r.uuid(),
    (r) => r.uvarint(),
    (r) => r.varint(),
    (r) => r.varlong(),
    (r) => r.bytes(2),
    (r) => r.text(2),
  ]
  for (const read of reads) {
    expect(() => read(new Reader(Buffer.alloc(64), 0, 0))).toThrow(MalformedBytes)
    expect(() => read(new Reader(Buffer.alloc(64), 64))).toThrow(MalformedBytes)
  }
})

test('a read that is refused leaves the reader where it was', () => {
  const reader = readerOf('000102')
  expect(() => reader.int32()).toThrow('4 bytes wanted, 3 left')
  expect(reader.position).toBe(0)
  expect(reader.int16()).toBe(1)
})

test('a negative count is refused', () => {
  expect(() => readerOf('0102').take(-1)).toThrow(MalformedBytes)
  expect(() => readerOf('0102').bytes(-1)).toThrow(MalformedBytes)
  expect(() => readerOf('0102').text(-1)).toThrow(MalformedBytes)
})
