import { gunzip, gzip } from './codecs/gzip.js'
import { lz4Compress, lz4Decompress } from './codecs/lz4.js'
import { snappyCompress, snappyDecompress } from './codecs/snappy.js'
import { UnpackingRoom } from './codecs/unpacking-room.js'
import { zstdCompress, zstdDecompress } from './codecs/zstd.js'
import type { Compression } from './layout.js'

/** What one batch may become when it is unpacked, unless the caller says otherwise: 128 MiB. */
export const DECOMPRESSED_BYTES_MAX = 128 * 1024 * 1024

/**
 * `level` is the codec's own; left out, the codec's default. snappy has none, and lz4's encoder here has one only.
 * @throws UserError when the codec's native module does not exist for this platform.
 */
export function compress(codec: Compression, bytes: Buffer, level?: number): Buffer {
  switch (codec) {
    case 'none':
      return bytes
    case 'gzip':
      return gzip(bytes, level)
    case 'snappy':
      return snappyCompress(bytes)
    case 'lz4':
      return lz4Compress(bytes)
    case 'zstd':
      return zstdCompress(bytes, level)
  }
}

/**
 * Unpacks `bytes` to at most `bytesMax`: into memory of its own, or into the `room` that is given, where what it returns lies
 * until the room is vacated, or something else is unpacked there.
 * @throws MalformedBytes when they are not what the codec writes, are cut short, or become more than `bytesMax`.
 * @throws UserError when the codec's native module does not exist for this platform.
 */
export function decompress(codec: Compression, bytes: Buffer, bytesMax: number, room = new UnpackingRoom()): Buffer {
  switch (codec) {
    case 'none':
      return bytes
    case 'gzip':
      return gunzip(bytes, bytesMax, room)
    case 'snappy':
      return snappyDecompress(bytes, bytesMax, room)
    case 'lz4':
      return lz4Decompress(bytes, bytesMax, room)
    case 'zstd':
      return zstdDecompress(bytes, bytesMax, room)
  }
}
