import { MalformedBytes } from '../bytes/malformed.js'
import type { Reader } from '../bytes/reader.js'
import type { Writer } from '../bytes/writer.js'

/**
 * Reads a tagged section (KIP-482), handing each tag to `take`, which reads the field if it knows it. A tag that comes twice, or out of
 * order, is taken as it comes.
 */
export function readTags(reader: Reader, take: (tag: number) => void): void {
  for (let left = readTagCount(reader); left > 0; left--) {
    const tag = reader.uvarint()
    const end = readTagEnd(reader)
    take(tag)
    reader.position = end
  }
}

export function skipTags(reader: Reader): void {
  for (let left = readTagCount(reader); left > 0; left--) {
    reader.uvarint()
    reader.position = readTagEnd(reader)
  }
}

/** From 2^31 on a number of tags is a negative one for Kafka, and so it takes none. */
export function readTagCount(reader: Reader): number {
  return reader.uvarint() | 0
}

/** Where a tagged field ends by the size that it declares: there the reader goes on, whatever was read of it. */
export function readTagEnd(reader: Reader): number {
  const size = reader.uvarint()
  if (size > reader.remaining) throw new MalformedBytes(`a tagged field of ${size} bytes, ${reader.remaining} left`)
  return reader.position + size
}

/** `inner` holds the field's bytes. */
export function writeTag(writer: Writer, tag: number, inner: Writer): void {
  writer.uvarint(tag)
  writer.uvarint(inner.length)
  for (const chunk of inner.chunks()) writer.splice(chunk)
}
