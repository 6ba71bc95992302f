import { MalformedBytes } from '../../bytes/malformed.js'
import { nativeModule } from '../../bytes/native-module.js'
import { xxh32 } from '../../bytes/xxh32.js'
import { memoryOf, OVERRUN_BYTES } from './copies.js'
import { lz4BlockContentSize, unpackLz4Block } from './lz4-block.js'
import { required } from './required.js'
import { DecompressedTooLarge } from './too-large.js'
import type { UnpackingRoom } from './unpacking-room.js'

interface Lz4 {
  compressFrameSync(bytes: Buffer): Buffer
}

const native = nativeModule((require) => require('lz4-napi') as Lz4)

const MAGIC = 0x184d2204
const FLAGS = 4
const VERSION = 0x40
const VERSION_MASK = 0xc0
const INDEPENDENT_BLOCKS = 0x20
const BLOCK_CHECKSUMS = 0x10
const CONTENT_SIZE = 0x08
const CONTENT_CHECKSUM = 0x04
const RESERVED_MASK = 0x03
const BLOCK_SIZE_RESERVED_MASK = 0x8f
const STORED_BIT = 0x80000000
const CHECKSUM_BYTES = 4
const BLOCK_SIZE_BYTES = 4
const END_MARK_BYTES = 4
/** Up to here room is made for the most that blocks may become, beyond for what they do become. */
const LOOSE_BYTES_MAX = 4 * 1024 * 1024

/** One frame of independent blocks, which is what Java's reader asks for. */
export function lz4Compress(bytes: Buffer): Buffer {
  return required(native(), 'lz4').compressFrameSync(bytes)
}

/**
 * Reads one frame. Not through the package, which knows no bound, takes a frame without its end mark, and puts each frame
 * into memory of its own: that costs several times what unpacking here does. @throws MalformedBytes
 */
export function lz4Decompress(bytes: Buffer, bytesMax: number, room: UnpackingRoom): Buffer {
  const frame = readFrameHeader(bytes)
  const sizeMax = contentSizeMax(bytes, frame, bytesMax)
  const plain = room.take(sizeMax + OVERRUN_BYTES)
  const source = memoryOf(bytes)
  const target = memoryOf(plain)
  let size = 0
  let frameEnd = frame.blocksStart
  for (const { start, end, isStored, nextStart } of blocksOf(bytes, frame)) {
    if (frame.blockChecksums) checkSum(bytes, start, end, bytes, end)
    if (isStored) size += bytes.copy(plain, size, start, end)
    else size = unpackLz4Block(source, start, end, target, size, Math.min(size + frame.blockBytesMax, sizeMax))
    frameEnd = nextStart
  }
  if (frame.contentSize !== null && frame.contentSize !== size)
    throw new MalformedBytes(`lz4: ${size} bytes in a frame of ${frame.contentSize}`)
  if (frame.contentChecksum) checkSum(plain, 0, size, bytes, frameEnd + END_MARK_BYTES)
  return plain.subarray(0, size)
}

/** What the frame becomes at most, from its lengths alone, before memory is spent on it. */
function contentSizeMax(bytes: Buffer, frame: FrameHeader, bytesMax: number): number {
  const looseBytesMax = Math.min(bytesMax, LOOSE_BYTES_MAX)
  let bound = 0
  for (const { start, end, isStored } of blocksOf(bytes, frame)) {
    const size = end - start
    if (isStored) bound += size
    else if (bound + frame.blockBytesMax <= looseBytesMax) bound += Math.min(frame.blockBytesMax, size * 255)
    else bound += lz4BlockContentSize(bytes, start, end)
    if (bound > bytesMax) throw new DecompressedTooLarge('lz4', bytesMax)
  }
  return bound
}

interface Block {
  readonly start: number
  readonly end: number
  readonly isStored: boolean
  readonly nextStart: number
}

/** The blocks up to the end mark, which has to be there. */
function* blocksOf(bytes: Buffer, frame: FrameHeader): Generator<Block, void, undefined> {
  const checksumBytes = frame.blockChecksums ? CHECKSUM_BYTES : 0
  for (let position = frame.blocksStart; ; ) {
    const sizeField = uint32At(bytes, position)
    if (sizeField === 0) return
    const size = (sizeField & ~STORED_BIT) >>> 0
    const start = position + BLOCK_SIZE_BYTES
    const end = start + size
    if (end > bytes.length || size > frame.blockBytesMax) throw new MalformedBytes('lz4: a block beyond its frame')
    position = end + checksumBytes
    yield { start, end, isStored: sizeField >= STORED_BIT, nextStart: position }
  }
}

interface FrameHeader {
  readonly blocksStart: number
  readonly blockBytesMax: number
  readonly blockChecksums: boolean
  readonly contentSize: number | null
  readonly contentChecksum: boolean
}

function readFrameHeader(bytes: Buffer): FrameHeader {
  if (uint32At(bytes, 0) !== MAGIC || bytes.length < 7) throw new MalformedBytes('lz4: no frame')
  const flags = bytes[FLAGS]!
  if ((flags & VERSION_MASK) !== VERSION || (flags & RESERVED_MASK) !== 0)
    throw new MalformedBytes('lz4: a frame of another version')
  // Java's reader knows no blocks that lean on the one before, and a broker that kept them would stop it.
  if (!(flags & INDEPENDENT_BLOCKS)) throw new MalformedBytes('lz4: dependent blocks')
  const blockSizes = bytes[FLAGS + 1]!
  const blockSizeCode = (blockSizes >> 4) & 0x07
  if (blockSizeCode < 4 || (blockSizes & BLOCK_SIZE_RESERVED_MASK) !== 0)
    throw new MalformedBytes('lz4: an unknown block size')
  const hasContentSize = (flags & CONTENT_SIZE) !== 0
  const checksumAt = FLAGS + (hasContentSize ? 10 : 2)
  if (checksumAt >= bytes.length) throw cutShort()
  if (bytes[checksumAt] !== ((xxh32(bytes, FLAGS, checksumAt) >>> 8) & 0xff)) throw wrongChecksum()
  return {
    blocksStart: checksumAt + 1,
    blockBytesMax: 2 ** (8 + 2 * blockSizeCode),
    blockChecksums: (flags & BLOCK_CHECKSUMS) !== 0,
    contentSize: hasContentSize ? Number(bytes.readBigUInt64LE(FLAGS + 2)) : null,
    contentChecksum: (flags & CONTENT_CHECKSUM) !== 0,
  }
}

/** That the bytes from `start` to `end` have the checksum that stands at `position` of `frame`. */
function checkSum(bytes: Buffer, start: number, end: number, frame: Buffer, position: number): void {
  if (xxh32(bytes, start, end) !== uint32At(frame, position)) throw wrongChecksum()
}

function uint32At(bytes: Buffer, position: number): number {
  if (position + 4 > bytes.length) throw cutShort()
  return bytes.readUInt32LE(position)
}

function cutShort(): MalformedBytes {
  return new MalformedBytes('lz4: the frame is cut short')
}

function wrongChecksum(): MalformedBytes {
  return new MalformedBytes('lz4: a wrong checksum')
}
