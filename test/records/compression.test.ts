import { describe, expect, test } from 'vitest'
import { MalformedBytes } from '../../src/bytes/malformed.js'
import { DecompressedTooLarge } from '../../src/records/codecs/too-large.js'
import { UnpackingRoom } from '../../src/records/codecs/unpacking-room.js'
import { zstdOfNode } from '../../src/records/codecs/zstd-node.js'
import { compress, decompress } from '../../src/records/compression.js'
import type { Compression } from '../../src/records/layout.js'
import { hex } from './golden.js'
import { noise, numbers } from './noise.js'

const CODECS: Compression[] = ['gzip', 'snappy', 'lz4', 'zstd']
const MIB = 1024 * 1024

const SAMPLES: [string, Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('x')],
  ['text', Buffer.from('the quick brown fox jumps over the lazy dog. '.repeat(50))],
  ['a long run of one byte', Buffer.alloc(300_000, 'a')],
  ['noise', noise(200_000)],
  ['noise that repeats from afar', Buffer.concat([noise(70_000), noise(70_000), Buffer.alloc(1000), noise(70_000)])],
  ['5 MiB', Buffer.concat([Buffer.alloc(4 * MIB, 'abcdefg'), noise(MIB)])],
]

describe.each(CODECS)('%s', (codec) => {
  test.each(SAMPLES)('gives back %s', (_, bytes) => {
    expect(decompress(codec, compress(codec, bytes), bytes.length).equals(bytes)).toBe(true)
  })

  test('stops before it becomes more than the bound', () => {
    const packed = compress(codec, Buffer.alloc(3 * MIB, 'a'))
    expect(decompress(codec, packed, 3 * MIB)).toHaveLength(3 * MIB)
    expect(() => decompress(codec, packed, 3 * MIB - 1)).toThrow(DecompressedTooLarge)
    expect(() => decompress(codec, packed, 10)).toThrow(DecompressedTooLarge)
  })

  test('holds no more than the bound while it finds that a bomb is one', () => {
    const bomb = compress(codec, Buffer.alloc(128 * MIB))
    const before = process.memoryUsage.rss()
    expect(() => decompress(codec, bomb, MIB)).toThrow(DecompressedTooLarge)
    expect(process.memoryUsage.rss() - before).toBeLessThan(32 * MIB)
  })

  test('unpacks one after the other in the same room, and what it unpacks without one stays', () => {
    const room = new UnpackingRoom()
    const kept = SAMPLES.map(([, bytes]) => decompress(codec, compress(codec, bytes), bytes.length))
    for (let round = 0; round < 2; round++)
      for (const [, bytes] of SAMPLES) {
        expect(decompress(codec, compress(codec, bytes), bytes.length, room).equals(bytes)).toBe(true)
        room.vacate()
      }
    for (const [at, [, bytes]] of SAMPLES.entries()) expect(kept[at]!.equals(bytes)).toBe(true)
  })

  test('cut short anywhere is malformed, or becomes less than it was', () => {
    const text = Buffer.from('some text, some more text, and again some text'.repeat(4))
    const packed = compress(codec, text)
    for (let length = 0; length < packed.length; length++) {
      try {
        expect(decompress(codec, packed.subarray(0, length), 10_000).length).toBeLessThan(text.length)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedBytes)
      }
    }
  })

  test('with any bit flipped is malformed or becomes something within the bound', () => {
    const packed = compress(codec, Buffer.from('abcabcabcabcabcdefdefdefdef'.repeat(20)))
    for (let bit = 0; bit < packed.length * 8; bit++) {
      const bytes = Buffer.from(packed)
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      try {
        expect(decompress(codec, bytes, 5000).length).toBeLessThanOrEqual(5000)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedBytes)
      }
    }
  })

  test('made of noise is malformed or becomes something within the bound', () => {
    const source = noise(60_000)
    const start = compress(codec, Buffer.alloc(0)).subarray(0, 16)
    for (let at = 0; at < 2000; at++) {
      const random = source.subarray(at * 29, at * 29 + (at % 60))
      for (const bytes of [random, Buffer.concat([start, random])]) {
        try {
          expect(decompress(codec, bytes, 5000).length).toBeLessThanOrEqual(5000)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedBytes)
        }
      }
    }
  })
})

describe('levels', () => {
  test.each([
    ['gzip', 9],
    ['zstd', 22],
  ] as const)('%s packs better at its highest one', (codec, highest) => {
    const next = numbers(3)
    const text = Buffer.from(Array.from({ length: 20_000 }, () => `word-${next(400) * 7919}`).join(' '))
    expect(compress(codec, text, highest).length).toBeLessThan(compress(codec, text, 1).length)
  })

  test('gzip takes -1 for its own choice, as the topic config says it', () => {
    const text = SAMPLES[2]![1]
    expect(compress('gzip', text, -1)).toEqual(compress('gzip', text))
  })
})

describe('snappy', () => {
  test('is written in the framing of the Java stream', () => {
    expect(compress('snappy', Buffer.from('hello')).toString('hex')).toBe(
      '82534e41505059000000000100000001 00000007 05 10 68656c6c6f'.replaceAll(' ', ''),
    )
  })

  test('is read as a bare block, as librdkafka and franz-go write it', () => {
    expect(decompress('snappy', hex('05 10 68656c6c6f'), 5).toString()).toBe('hello')
  })

  test.each([
    ['a literal with a long length', hex('41 f0 40'), 65, true],
    ['a copy with one byte of offset', hex('08 0c 61626364 01 04'), 8, false],
    ['a copy with two bytes of offset', hex('0a 0c 61626364 16 0400'), 10, false],
    ['a copy with four bytes of offset', hex('0a 0c 61626364 17 04000000'), 10, false],
  ])('reads %s', (_, head, length, padded) => {
    const block = padded ? Buffer.concat([head, Buffer.alloc(length, 'z')]) : head
    const plain = decompress('snappy', block, 100)
    expect(plain.toString()).toBe(padded ? 'z'.repeat(length) : 'abcdabcdab'.slice(0, length))
  })

  test.each([
    ['says it is longer than its elements', '06 10 68656c6c6f'],
    ['says it is shorter than its elements', '04 10 68656c6c6f'],
    ['copies from before its start', '08 0c 61626364 01 05'],
    ['copies from nowhere', '08 0c 61626364 01 00'],
    ['says a size that no such block can have', 'ffffff7f 10 68656c6c6f'],
    ['has a size of more than five bytes', 'ffffffffff01 10 68656c6c6f'],
  ])('refuses a block that %s', (_, block) => {
    expect(() => decompress('snappy', hex(block), 2 ** 31)).toThrow(MalformedBytes)
  })
})

describe('lz4', () => {
  const STORED = '05000080 68656c6c6f 00000000'

  test('is written as a frame of independent blocks, which Java demands', () => {
    expect(compress('lz4', Buffer.from('hello')).toString('hex', 0, 5)).toBe('04224d1860')
  })

  test.each([
    ['a stored block', `04224d18604082${STORED}`],
    ['a literal and no match', '04224d18604082 06000000 50 68656c6c6f 00000000'],
    ['the size of its content', `04224d18684005000000 00000000 61 ${STORED}`],
    ['checksums of its blocks', '04224d187040ad 05000080 68656c6c6f f97700fb 00000000'],
    ['a checksum of its content', `04224d186440a7 ${STORED} f97700fb`],
  ])('reads a frame with %s', (_, frame) => {
    expect(decompress('lz4', hex(frame), 5).toString()).toBe('hello')
  })

  test.each([
    ['from one byte back', '1f 61 0100 05 50 6262626262', `${'a'.repeat(1 + 15 + 4 + 5)}bbbbb`],
    ['from three bytes back', '34 616263 0300 50 6464646464', 'abcabcabcabddddd'.slice(0, 3 + 8)],
    ['from ten bytes back', 'a8 30313233343536373839 0a00 50 6464646464', '0123456789012345678901'],
  ])('copies %s', (_, block, start) => {
    const bytes = hex(block)
    const size = Buffer.alloc(4)
    size.writeInt32LE(bytes.length)
    const plain = decompress('lz4', Buffer.concat([hex('04224d18604082'), size, bytes, Buffer.alloc(4)]), 100)
    expect(plain.toString().startsWith(start)).toBe(true)
  })

  test.each([
    ['dependent blocks', `04224d184040c0${STORED}`],
    ['another version', `04224d18a04082${STORED}`],
    ['no end mark', '04224d18604082 05000080 68656c6c6f'],
    ['another size than it says', `04224d18684004000000 00000000 cd ${STORED}`],
    ['a wrong checksum of a block', '04224d187040ad 05000080 68656c6c6f f97700fa 00000000'],
    ['a wrong checksum of its content', `04224d186440a7 ${STORED} f97700fa`],
    ['a block that ends with a match', '04224d18604082 04000000 10 61 0100 00000000'],
    ['a match from before its block', '04224d18604082 0a000000 10 61 0200 50 6262626262 00000000'],
    ['a match from nowhere', '04224d18604082 0a000000 10 61 0000 50 6262626262 00000000'],
    ['a wrong header checksum', `04224d18604083${STORED}`],
    ['an unknown block size', `04224d18603082${STORED}`],
    ['a block beyond its frame', '04224d18604082 06000080 68656c6c6f'],
    ['the magic of another format', `28b52ffd604082${STORED}`],
  ])('refuses a frame with %s', (_, frame) => {
    expect(() => decompress('lz4', hex(frame), 100)).toThrow(MalformedBytes)
  })
})

describe('zstd', () => {
  const nodes = zstdOfNode()

  test('reads frames that follow each other', () => {
    const two = Buffer.concat([compress('zstd', Buffer.from('ab')), compress('zstd', Buffer.from('cd'))])
    expect(decompress('zstd', two, 4).toString()).toBe('abcd')
  })

  test('refuses what follows a frame and is none', () => {
    const packed = compress('zstd', Buffer.from('ab'))
    for (const tail of ['junk', '\0\0\0\0'])
      expect(() => decompress('zstd', Buffer.concat([packed, Buffer.from(tail)]), 100)).toThrow(MalformedBytes)
  })

  test.runIf(nodes !== null)("of Node, where Node has it, is interchangeable with the package's", () => {
    for (const [, bytes] of SAMPLES) {
      expect(nodes!.decompress(compress('zstd', bytes), MIB * 5).equals(bytes)).toBe(true)
      expect(decompress('zstd', nodes!.compress(bytes, 3), MIB * 5).equals(bytes)).toBe(true)
    }
    const packed = compress('zstd', Buffer.from('ab'))
    expect(nodes!.decompress(Buffer.concat([packed, packed, packed]), 6).toString()).toBe('ababab')
    expect(() => nodes!.decompress(Buffer.concat([packed, packed]), 3)).toThrow()
    expect(() => nodes!.decompress(Buffer.concat([packed, Buffer.from('junk')]), 10)).toThrow()
    expect(() => nodes!.decompress(packed.subarray(0, packed.length - 1), 10)).toThrow()
  })
})
