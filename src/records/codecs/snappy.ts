import snappyjs from 'snappyjs'
import { MalformedBytes } from '../../bytes/malformed.js'
import { memoryOf, OVERRUN_BYTES } from './copies.js'
import { unpackSnappyBlock } from './snappy-block.js'
import { DecompressedTooLarge } from './too-large.js'
import type { UnpackingRoom } from './unpacking-room.js'

/** What Java's snappy stream starts with: its magic, then version 1, readable from version 1. */
const XERIAL_HEADER = Buffer.from('82534e41505059000000000100000001', 'hex')
const XERIAL_MAGIC_BYTES = 8
/** Java's block size. */
const BLOCK_BYTES = 32 * 1024
/** Three bytes become 64 at most, so a greater size cannot be true. */
const EXPANSION_MAX = 22

/** Blocks in the framing of Java's snappy stream, which every client reads. */
export function snappyCompress(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [XERIAL_HEADER]
  for (let start = 0; start < bytes.length; start += BLOCK_BYTES) {
    const block = snappyjs.compress(bytes.subarray(start, start + BLOCK_BYTES))
    const length = Buffer.allocUnsafe(4)
    length.writeInt32BE(block.length)
    pieces.push(length, block)
  }
  return Buffer.concat(pieces)
}

/** Reads framed blocks, and a bare block as librdkafka and franz-go write it. @throws MalformedBytes */
export function snappyDecompress(bytes: Buffer, bytesMax: number, room: UnpackingRoom): Buffer {
  let total = 0
  for (const { size } of blocksOf(bytes)) total += size
  if (total > bytesMax) throw new DecompressedTooLarge('snappy', bytesMax)
  const plain = room.take(total + OVERRUN_BYTES)
  const source = memoryOf(bytes)
  const target = memoryOf(plain)
  let position = 0
  for (const { elementsStart, end, size } of blocksOf(bytes)) {
    unpackSnappyBlock(source, elementsStart, end, target, position, position + size)
    position += size
  }
  return plain.subarray(0, total)
}

interface Block {
  readonly elementsStart: number
  readonly end: number
  /** What it says that it unpacks to. */
  readonly size: number
}

function* blocksOf(bytes: Buffer): Generator<Block, void, undefined> {
  if (!isFramed(bytes, 0)) {
    yield blockAt(bytes, 0, bytes.length)
    return
  }
  let position = XERIAL_HEADER.length
  while (position < bytes.length) {
    // Streams may stand one after the other, each with its header.
    if (isFramed(bytes, position)) {
      position += XERIAL_HEADER.length
      continue
    }
    if (position + 4 > bytes.length) throw new MalformedBytes('snappy: the stream is cut short')
    const length = bytes.readInt32BE(position)
    const start = position + 4
    if (length < 0 || length > bytes.length - start) throw new MalformedBytes('snappy: a block beyond its stream')
    position = start + length
    yield blockAt(bytes, start, position)
  }
}

function isFramed(bytes: Buffer, at: number): boolean {
  return (
    bytes.length - at >= XERIAL_HEADER.length &&
    bytes.compare(XERIAL_HEADER, 0, XERIAL_MAGIC_BYTES, at, at + XERIAL_MAGIC_BYTES) === 0
  )
}

function blockAt(bytes: Buffer, start: number, end: number): Block {
  let size = 0
  for (let at = 0; at < 5 && start + at < end; at++) {
    const byte = bytes[start + at]!
    size += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) {
      if (size > (end - start) * EXPANSION_MAX) break
      return { size, end, elementsStart: start + at + 1 }
    }
  }
  throw new MalformedBytes('snappy: a size that cannot be')
}
