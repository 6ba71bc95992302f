import snappyjs from 'snappyjs'
import { MalformedBytes } from '../../bytes/malformed.js'
import { DecompressedTooLarge } from './too-large.js'

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
export function snappyDecompress(bytes: Buffer, bytesMax: number): Buffer {
  const blocks = isFramed(bytes, 0) ? framedBlocks(bytes) : [bytes]
  let total = 0
  const sized = blocks.map((block) => {
    const header = readSize(block)
    total += header.size
    return { block, ...header }
  })
  if (total > bytesMax) throw new DecompressedTooLarge('snappy', bytesMax)
  const plain = Buffer.allocUnsafe(total)
  let position = 0
  for (const { block, start, size } of sized) {
    unpack(block, start, plain.subarray(position, position + size))
    position += size
  }
  return plain
}

function isFramed(bytes: Buffer, at: number): boolean {
  return (
    bytes.length - at >= XERIAL_HEADER.length &&
    bytes.compare(XERIAL_HEADER, 0, XERIAL_MAGIC_BYTES, at, at + XERIAL_MAGIC_BYTES) === 0
  )
}

function framedBlocks(bytes: Buffer): Buffer[] {
  const blocks: Buffer[] = []
  let position = XERIAL_HEADER.length
  while (position < bytes.length) {
    // Streams may stand one after the other, each with its header.
    if (isFramed(bytes, position)) {
      position += XERIAL_HEADER.length
      continue
    }
    if (position + 4 > bytes.length) throw new MalformedBytes('snappy: the stream is cut short')
    const length = bytes.readInt32BE(position)
    position += 4
    if (length < 0 || length > bytes.length - position) throw new MalformedBytes('snappy: a block beyond its stream')
    blocks.push(bytes.subarray(position, position + length))
    position += length
  }
  return blocks
}

/** The size that a block says it unpacks to, and where its elements start. */
function readSize(block: Buffer): { size: number; start: number } {
  let size = 0
  for (let at = 0; at < 5 && at < block.length; at++) {
    const byte = block[at]!
    size += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) {
      if (size > block.length * EXPANSION_MAX) break
      return { size, start: at + 1 }
    }
  }
  throw new MalformedBytes('snappy: a size that cannot be')
}

/** Fills `out` exactly. The library's own decoder leaves gaps and overruns unnoticed. */
function unpack(block: Buffer, start: number, out: Buffer): void {
  const end = block.length
  const size = out.length
  let from = start
  let to = 0
  while (from < end) {
    const tag = block[from++]!
    const kind = tag & 0x03
    if (kind === 0) {
      let length = (tag >>> 2) + 1
      if (length > 60) {
        const lengthBytes = length - 60
        if (from + lengthBytes > end) throw broken()
        length = block.readUIntLE(from, lengthBytes) + 1
        from += lengthBytes
      }
      if (length > end - from || length > size - to) throw broken()
      if (length > 32) {
        block.copy(out, to, from, from + length)
        to += length
        from += length
      } else {
        for (const stop = to + length; to < stop; ) out[to++] = block[from++]!
      }
      continue
    }
    const offsetBytes = kind === 3 ? 4 : kind
    if (from + offsetBytes > end) throw broken()
    let length = (tag >>> 2) + 1
    let offset = block[from]!
    if (kind === 1) {
      length = ((tag >>> 2) & 0x07) + 4
      offset |= (tag >>> 5) << 8
    } else {
      offset |= block[from + 1]! << 8
      if (kind === 3) offset += block.readUInt16LE(from + 2) * 0x10000
    }
    from += offsetBytes
    if (offset === 0 || offset > to || length > size - to) throw broken()
    // Byte by byte: a copy may read what it has just written.
    for (const stop = to + length; to < stop; to++) out[to] = out[to - offset]!
  }
  if (to !== size) throw broken()
}

function broken(): MalformedBytes {
  return new MalformedBytes('snappy: a broken block')
}
