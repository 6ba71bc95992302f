import { MalformedBytes } from '../bytes/malformed.js'
import type { Reader } from '../bytes/reader.js'

/**
 * Reads a tagged section (KIP-482), handing each tag to `take`, which reads the field if it knows it. Each field is left by the size it
 * declares, whatever was read of it; a tag that comes twice, or out of order, is taken as it comes.
 */
export function readTags(reader: Reader, take: (tag: number) => void): void {
  for (let left = reader.uvarint(); left > 0; left--) {
    const tag = reader.uvarint()
    const size = reader.uvarint()
    if (size > reader.remaining) throw new MalformedBytes(`a tagged field of ${size} bytes, ${reader.remaining} left`)
    const end = reader.position + size
    take(tag)
    reader.position = end
  }
}
