import { MalformedBytes } from '../../bytes/malformed.js'
import { nativeModule } from '../../bytes/native-module.js'
import { required } from './required.js'
import { DecompressedTooLarge } from './too-large.js'

interface Lz4 {
  compressFrameSync(bytes: Buffer): Buffer
  decompressFrameSync(bytes: Buffer): Buffer
}

const native = nativeModule((require) => require('lz4-napi') as Lz4)

const MAGIC = 0x184d2204
const VERSION = 0x40
const VERSION_MASK = 0xc0
const INDEPENDENT_BLOCKS = 0x20
const BLOCK_CHECKSUMS = 0x10
const CONTENT_SIZE = 0x08
const CONTENT_CHECKSUM = 0x04
const RESERVED_MASK = 0x03
const STORED_BIT = 0x80000000

/** One frame of independent blocks, which is what Java's reader asks for. */
export function lz4Compress(bytes: Buffer): Buffer {
  return required(native(), 'lz4').compressFrameSync(bytes)
}

/** @throws MalformedBytes */
export function lz4Decompress(bytes: Buffer, bytesMax: number): Buffer {
  const lz4 = required(native(), 'lz4')
  checkFrame(bytes, bytesMax)
  try {
    return lz4.decompressFrameSync(bytes)
  } catch (error) {
    throw new MalformedBytes(`lz4: ${(error as Error).message}`)
  }
}

/** Walks the frame, because the decoder knows no bound and takes a frame without its end mark. */
function checkFrame(bytes: Buffer, bytesMax: number): void {
  const { blocksStart, blockBytesMax, blockChecksums, contentChecksum } = readFrameHeader(bytes)
  let bound = 0
  let position = blocksStart
  for (;;) {
    const sizeField = uint32At(bytes, position)
    position += 4
    if (sizeField === 0) break
    const size = (sizeField & ~STORED_BIT) >>> 0
    const end = position + size
    if (end > bytes.length || size > blockBytesMax) throw new MalformedBytes('lz4: a block beyond its frame')
    if (sizeField >= STORED_BIT) bound += size
    else if (bound + blockBytesMax <= bytesMax) bound += Math.min(blockBytesMax, size * 255)
    else bound += blockContentSize(bytes, position, end)
    if (bound > bytesMax) throw new DecompressedTooLarge('lz4', bytesMax)
    position = end + (blockChecksums ? 4 : 0)
  }
  if (position + (contentChecksum ? 4 : 0) > bytes.length) throw new MalformedBytes('lz4: the frame is cut short')
}

function readFrameHeader(bytes: Buffer) {
  if (uint32At(bytes, 0) !== MAGIC || bytes.length < 7) throw new MalformedBytes('lz4: no frame')
  const flags = bytes[4]!
  if ((flags & VERSION_MASK) !== VERSION || (flags & RESERVED_MASK) !== 0)
    throw new MalformedBytes('lz4: a frame of another version')
  // Java's reader knows no blocks that lean on the one before, and a broker that kept them would stop it.
  if (!(flags & INDEPENDENT_BLOCKS)) throw new MalformedBytes('lz4: dependent blocks')
  const blockSizeCode = (bytes[5]! >> 4) & 0x07
  if (blockSizeCode < 4) throw new MalformedBytes('lz4: an unknown block size')
  return {
    blocksStart: flags & CONTENT_SIZE ? 15 : 7,
    blockBytesMax: 2 ** (8 + 2 * blockSizeCode),
    blockChecksums: (flags & BLOCK_CHECKSUMS) !== 0,
    contentChecksum: (flags & CONTENT_CHECKSUM) !== 0,
  }
}

/** What a packed block becomes, from its lengths alone. */
function blockContentSize(bytes: Buffer, start: number, end: number): number {
  let size = 0
  let position = start
  while (position < end) {
    const token = bytes[position++]!
    let literals = token >> 4
    if (literals === 15) {
      let more = 255
      while (more === 255 && position < end) {
        more = bytes[position++]!
        literals += more
      }
    }
    position += literals
    size += literals
    if (position >= end) break
    position += 2
    let match = token & 0x0f
    if (match === 15) {
      let more = 255
      while (more === 255 && position < end) {
        more = bytes[position++]!
        match += more
      }
    }
    size += match + 4
  }
  return size
}

function uint32At(bytes: Buffer, position: number): number {
  if (position + 4 > bytes.length) throw new MalformedBytes('lz4: the frame is cut short')
  return bytes.readUInt32LE(position)
}
