/**
 * Clients of message format v0 computed the checksum of an lz4 frame's header over too many bytes, and readers of that
 * format skip it (KIP-57). Our decoder does not: it gets the frame with the checksum that belongs there.
 */
export function withRightHeaderChecksum(frame: Buffer): Buffer {
  const hasContentSize = ((frame[4] ?? 0) & 0x08) !== 0
  const checksumAt = hasContentSize ? 14 : 6
  if (frame.length <= checksumAt) return frame
  const mended = Buffer.from(frame)
  mended[checksumAt] = (xxh32Short(frame.subarray(4, checksumAt)) >>> 8) & 0xff
  return mended
}

const PRIME_1 = 0x9e3779b1
const PRIME_2 = 0x85ebca77
const PRIME_3 = 0xc2b2ae3d
const PRIME_4 = 0x27d4eb2f
const PRIME_5 = 0x165667b1

/** xxHash32 with seed 0 of fewer than 16 bytes. */
function xxh32Short(bytes: Buffer): number {
  let hash = (PRIME_5 + bytes.length) | 0
  let at = 0
  for (; at + 4 <= bytes.length; at += 4) {
    hash = (hash + Math.imul(bytes.readInt32LE(at), PRIME_3)) | 0
    hash = Math.imul((hash << 17) | (hash >>> 15), PRIME_4)
  }
  for (; at < bytes.length; at++) {
    hash = (hash + Math.imul(bytes[at]!, PRIME_5)) | 0
    hash = Math.imul((hash << 11) | (hash >>> 21), PRIME_1)
  }
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2)
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3)
  return hash ^ (hash >>> 16)
}
