import { describe, expect, test } from 'vitest'
import { Writer, writeInt64At } from '../../src/bytes/writer.js'

const MAX = Number.MAX_SAFE_INTEGER

const written = (write: (writer: Writer) => void): string => {
  const writer = new Writer(1)
  write(writer)
  return writer.toBuffer().toString('hex')
}

describe('numbers are big-endian', () => {
  test.each<[string, (writer: Writer) => void, string]>([
    ['int8', (w) => w.int8(-1), 'ff'],
    ['boolean', (w) => w.boolean(true), '01'],
    ['int16', (w) => w.int16(-2), 'fffe'],
    ['uint16', (w) => w.uint16(65534), 'fffe'],
    ['int32', (w) => w.int32(-(2 ** 31)), '80000000'],
    ['uint32', (w) => w.uint32(2 ** 31), '80000000'],
    ['int64', (w) => w.int64(1_700_000_000_000), '0000018bcfe56800'],
    ['a negative int64', (w) => w.int64(-2), 'fffffffffffffffe'],
    ['the largest int64', (w) => w.int64(MAX), '001fffffffffffff'],
    ['the smallest int64', (w) => w.int64(-MAX), 'ffe0000000000001'],
    ['int64Bits', (w) => w.int64Bits(-(2n ** 63n)), '8000000000000000'],
    ['float64', (w) => w.float64(1.5), '3ff8000000000000'],
    ['uuid', (w) => w.uuid('AAECAwQFBgcICQoLDA0ODw'), '000102030405060708090a0b0c0d0e0f'],
  ])('%s', (_, write, digits) => {
    expect(written(write)).toBe(digits)
  })
})

test('an unsigned varint has seven bits a byte, the lowest first', () => {
  for (const [value, digits] of [
    [0, '00'],
    [127, '7f'],
    [128, '8001'],
    [300, 'ac02'],
    [2 ** 32 - 1, 'ffffffff0f'],
  ] as const) {
    expect(written((writer) => writer.uvarint(value))).toBe(digits)
  }
})

test('signed varints are zig-zag, for any safe integer', () => {
  for (const [value, digits] of [
    [0, '00'],
    [-1, '01'],
    [300, 'd804'],
    [2 ** 31 - 1, 'feffffff0f'],
    [-(2 ** 31), 'ffffffff0f'],
  ] as const) {
    expect(written((writer) => writer.varint(value))).toBe(digits)
    expect(written((writer) => writer.varlong(value))).toBe(digits)
  }
  expect(written((writer) => writer.varlong(2 ** 40))).toBe('808080808040')
  expect(written((writer) => writer.varlong(MAX))).toBe('feffffffffffff1f')
  expect(written((writer) => writer.varlong(-MAX))).toBe('fdffffffffffff1f')
})

test('what is no uuid is a broken promise', () => {
  for (const text of ['', 'abc', 'AAECAwQFBgcICQoLDA0ODw==', '!!!!!!!!!!!!!!!!!!!!!!']) {
    expect(() => written((writer) => writer.uuid(text))).toThrow('is no uuid')
  }
})

test('text is UTF-8', () => {
  expect(written((writer) => writer.text('größe 😀'))).toBe('6772c3b6c39f6520f09f9880')
  expect(written((writer) => writer.text(''))).toBe('')
})

test('the memory grows without losing what was written', () => {
  const numbers = Array.from({ length: 1000 }, (_, i) => i)
  const out = written((writer) => {
    for (const i of numbers) writer.int32(i)
  })
  expect(out).toBe(numbers.map((i) => i.toString(16).padStart(8, '0')).join(''))
})

test('large buffers are spliced in as they are, small ones copied, all in order', () => {
  const large = Buffer.alloc(5000, 1)
  const small = Buffer.alloc(5, 2)
  const writer = new Writer()
  writer.int8(7)
  writer.splice(large)
  writer.splice(small)
  writer.splice(large)
  expect(writer.length).toBe(10_006)
  writer.int8(8)
  const chunks = writer.chunks()
  expect(chunks).toHaveLength(5)
  expect(chunks[1]).toBe(large)
  expect(chunks[3]).toBe(large)
  const expected = [Buffer.from([7]), large, small, large, Buffer.from([8])]
  expect(Buffer.concat(chunks).equals(Buffer.concat(expected))).toBe(true)
})

test('the length counts everything, wherever it lies', () => {
  const writer = new Writer(4)
  const lengths = [0]
  for (const size of [3, 2000, 1, 300, 1024]) {
    writer.splice(Buffer.alloc(size))
    lengths.push(writer.length)
  }
  expect(lengths).toEqual([0, 3, 2003, 2004, 2304, 3328])
  expect(writer.toBuffer()).toHaveLength(3328)
})

test('nothing written is an empty buffer', () => {
  expect(new Writer().toBuffer()).toHaveLength(0)
  expect(new Writer().chunks()).toEqual([])
})

test('bytes are copied in', () => {
  const source = Buffer.from([1, 2, 3])
  const writer = new Writer()
  writer.bytes(source)
  source.fill(9)
  expect([...writer.toBuffer()]).toEqual([1, 2, 3])
})

test('an int64 is written in place', () => {
  const buffer = Buffer.alloc(10)
  writeInt64At(buffer, 1, -1)
  expect(buffer.toString('hex')).toBe('00ffffffffffffffff00')
})
