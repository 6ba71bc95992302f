import { gunzipSync, gzipSync } from 'node:zlib'
import { MalformedBytes } from '../../bytes/malformed.js'
import { DecompressedTooLarge } from './too-large.js'

export function gzip(bytes: Buffer, level?: number): Buffer {
  return gzipSync(bytes, level === undefined ? {} : { level })
}

/** Reads one stream or several in a row. @throws MalformedBytes */
export function gunzip(bytes: Buffer, bytesMax: number): Buffer {
  let plain: Buffer
  try {
    plain = gunzipSync(bytes, { maxOutputLength: Math.max(bytesMax, 1) })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new DecompressedTooLarge('gzip', bytesMax)
    throw new MalformedBytes(`gzip: ${message}`)
  }
  if (plain.length > bytesMax) throw new DecompressedTooLarge('gzip', bytesMax)
  return plain
}
