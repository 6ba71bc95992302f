import { gunzipSync, gzipSync } from 'node:zlib'
import { MalformedBytes } from '../../bytes/malformed.js'
import { DecompressedTooLarge } from './too-large.js'

export function gzip(bytes: Buffer, level?: number): Buffer {
  return gzipSync(bytes, level === undefined ? {} : { level })
}

/** @throws MalformedBytes */
export function gunzip(bytes: Buffer, bytesMax: number): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: bytesMax })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new DecompressedTooLarge('gzip', bytesMax)
    throw new MalformedBytes(`gzip: ${(error as Error).message}`)
  }
}
