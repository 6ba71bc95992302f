import { MalformedBytes } from '../bytes/malformed.js'

/** What a walk over a batch's records tells about them, without looking at one closely. */
export interface Walked {
  readonly leastTimestampDelta: number
  readonly greatestTimestampDelta: number
  /** Records without a key. */
  readonly keylessCount: number
  /** True when the offset deltas are 0, 1, 2 … */
  readonly isContiguous: boolean
}

/**
 * Walks the `count` records between `start` and `end` and makes sure that they are what they say, to the last byte.
 * Every produced record passes here once, so nothing is allocated on the way.
 * @throws MalformedBytes
 */
export function walkRecords(bytes: Uint8Array, start: number, end: number, count: number): Walked {
  const cursor = new Cursor(bytes, start, end)
  let least = Number.POSITIVE_INFINITY
  let greatest = Number.NEGATIVE_INFINITY
  let keylessCount = 0
  let isContiguous = true
  for (let index = 0; index < count; index++) {
    const length = cursor.varint()
    const recordEnd = cursor.position + length
    if (length < 1 || recordEnd > end) throw new MalformedBytes(`a record of ${length} bytes beyond its batch`)
    cursor.position++
    const timestampDelta = cursor.varlong()
    if (timestampDelta < least) least = timestampDelta
    if (timestampDelta > greatest) greatest = timestampDelta
    if (cursor.varint() !== index) isContiguous = false
    const keyLength = cursor.varint()
    if (keyLength < 0) keylessCount++
    else cursor.skip(keyLength)
    const valueLength = cursor.varint()
    if (valueLength > 0) cursor.skip(valueLength)
    const headerCount = cursor.varint()
    if (headerCount !== 0) skipHeaders(cursor, headerCount)
    if (cursor.position !== recordEnd) throw new MalformedBytes(`a record of ${length} bytes does not fill them`)
  }
  if (cursor.position !== end) throw new MalformedBytes('bytes are left after the last record')
  return { leastTimestampDelta: least, greatestTimestampDelta: greatest, keylessCount, isContiguous }
}

function skipHeaders(cursor: Cursor, count: number): void {
  if (count < 0 || count > cursor.end - cursor.position) throw new MalformedBytes(`${count} headers`)
  for (let left = count; left > 0; left--) {
    const keyLength = cursor.varint()
    if (keyLength < 0) throw new MalformedBytes('a header without a key')
    cursor.skip(keyLength)
    const valueLength = cursor.varint()
    if (valueLength > 0) cursor.skip(valueLength)
  }
}

/** A Reader of varints only, small enough that the compiler keeps it out of memory. */
class Cursor {
  constructor(
    readonly bytes: Uint8Array,
    public position: number,
    readonly end: number,
  ) {}

  skip(count: number): void {
    if (count > this.end - this.position) throw new MalformedBytes(`${count} bytes beyond the batch`)
    this.position += count
  }

  #byte(): number {
    if (this.position >= this.end) throw new MalformedBytes('the batch ends inside a record')
    return this.bytes[this.position++]!
  }

  varint(): number {
    let byte = this.#byte()
    let raw = byte & 0x7f
    if (byte >= 0x80) {
      byte = this.#byte()
      raw |= (byte & 0x7f) << 7
      for (let shift = 14; byte >= 0x80; shift += 7) {
        if (shift > 28) throw new MalformedBytes('a varint of more than five bytes')
        byte = this.#byte()
        raw |= (byte & 0x7f) << shift
      }
    }
    return (raw >>> 1) ^ -(raw & 1)
  }

  /** Exact within 53 bits, near enough beyond to tell that it is beyond. */
  varlong(): number {
    let byte = this.#byte()
    // Not of the sum: an odd one of 64 bits would come out even.
    const isNegative = (byte & 1) === 1
    let raw = byte & 0x7f
    if (byte >= 0x80) {
      for (let scale = 128; byte >= 0x80; scale *= 128) {
        if (scale > 2 ** 63) throw new MalformedBytes('a varlong of more than ten bytes')
        byte = this.#byte()
        raw += (byte & 0x7f) * scale
      }
    }
    return isNegative ? -(raw + 1) / 2 : raw / 2
  }
}
