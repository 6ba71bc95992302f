import { xxh32 } from '../../bytes/xxh32.js'

/**
 * Clients of message format v0 computed the checksum of an lz4 frame's header over too many bytes, and readers of that
 * format skip it (KIP-57). Our decoder does not: it gets the frame with the checksum that belongs there.
 */
export function withRightHeaderChecksum(frame: Buffer): Buffer {
  const hasContentSize = ((frame[4] ?? 0) & 0x08) !== 0
  const checksumAt = hasContentSize ? 14 : 6
  if (frame.length <= checksumAt) return frame
  const mended = Buffer.from(frame)
  mended[checksumAt] = (xxh32(frame, 4, checksumAt) >>> 8) & 0xff
  return mended
}
