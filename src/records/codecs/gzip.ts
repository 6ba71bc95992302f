import { constants, gunzipSync, gzipSync } from 'node:zlib'
import { MalformedBytes } from '../../bytes/malformed.js'
import { DecompressedTooLarge } from './too-large.js'
import type { UnpackingRoom } from './unpacking-room.js'

/** A stream ends with the size of what it unpacks to. */
const SIZE_BYTES = 4
/** One byte becomes so many at most, so a greater size cannot be true. */
const EXPANSION_MAX = 1032

export function gzip(bytes: Buffer, level?: number): Buffer {
  return gzipSync(bytes, level === undefined ? {} : { level })
}

/** Reads one stream or several in a row. @throws MalformedBytes */
export function gunzip(bytes: Buffer, bytesMax: number, room: UnpackingRoom): Buffer {
  let plain: Buffer
  try {
    plain = gunzipSync(bytes, { maxOutputLength: Math.max(bytesMax, 1), chunkSize: chunkBytes(bytes, bytesMax) })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new DecompressedTooLarge('gzip', bytesMax)
    throw new MalformedBytes(`gzip: ${message}`)
  }
  if (plain.length > bytesMax) throw new DecompressedTooLarge('gzip', bytesMax)
  return room.adopt(plain)
}

/** So that all of it goes into one piece of memory where the stream says the truth: a third of the time. */
function chunkBytes(bytes: Buffer, bytesMax: number): number {
  if (bytes.length < SIZE_BYTES) return constants.Z_DEFAULT_CHUNK
  const toldBytes = bytes.readUInt32LE(bytes.length - SIZE_BYTES)
  const believedBytes = Math.min(toldBytes, bytesMax, bytes.length * EXPANSION_MAX)
  // One more, or an empty piece would follow.
  return Math.max(believedBytes + 1, constants.Z_MIN_CHUNK)
}
