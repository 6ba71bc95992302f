import { crc32c } from '../bytes/crc32c.js'
import * as header from './batch-header.js'

const CRC_AT = 17
const CRC_END = 21

/**
 * Which bytes of a segment need no checking when they are read: those that this process has written, and those whose checksums
 * it has compared. A log that is read again and again is checked once. What comes behind bytes that were cut off, this process writes.
 */
export class CheckedBytes {
  #start = 0
  #end = 0
  #writtenFrom = Number.POSITIVE_INFINITY

  /** Batches have been written from `position` on, to the end of the file. */
  wrote(position: number): void {
    this.#writtenFrom = Math.min(this.#writtenFrom, position)
  }

  /** How many of the bytes [start, end), whole batches that lie at `position` in the file, are what was written. */
  soundBytes(bytes: Buffer, start: number, end: number, position: number): number {
    const until = position + end - start
    if (position >= this.#writtenFrom || (position >= this.#start && until <= this.#end)) return end - start
    let at = start
    while (at < end && position + at - start < this.#writtenFrom && isSound(bytes, at)) at += header.sizeAt(bytes, at)
    if (position + at - start >= this.#writtenFrom) at = end
    this.#remember(position, position + at - start)
    return at - start
  }

  #remember(start: number, end: number): void {
    const touches = start <= this.#end && end >= this.#start
    this.#start = touches ? Math.min(start, this.#start) : start
    this.#end = touches ? Math.max(end, this.#end) : end
  }
}

/** The old formats have another checksum, and are only read as they are. */
function isSound(bytes: Buffer, at: number): boolean {
  const magic = header.magicAt(bytes, at)
  if (magic === 0 || magic === 1) return true
  return magic === 2 && bytes.readUInt32BE(at + CRC_AT) === crc32c(bytes, at + CRC_END, at + header.sizeAt(bytes, at))
}
