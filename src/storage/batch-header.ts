import { int64At } from '../bytes/reader.js'

// Where things lie in a record batch, for walking over many of them without making an object of each. Offset, length and
// magic lie at the same places in the old formats 0 and 1, which logs that Apache Kafka once wrote may still hold.

/** Offset and length: what every format starts with, and what the length does not count. */
export const BATCH_PREFIX_BYTES = 12
/** Up to and including the magic byte, which tells how to read the rest. */
export const BATCH_MAGIC_END = 17
const OVERHEAD_BYTES_V2 = 61
const OVERHEAD_BYTES_V0 = 14 + BATCH_PREFIX_BYTES
const NO_TIMESTAMP = -1

export function sizeAt(buffer: Buffer, start: number): number {
  return BATCH_PREFIX_BYTES + buffer.readInt32BE(start + 8)
}

/** The smallest size that a batch of this format can have. */
export function leastSizeAt(buffer: Buffer, start: number): number {
  return magicAt(buffer, start) >= 2 ? OVERHEAD_BYTES_V2 : OVERHEAD_BYTES_V0
}

export function magicAt(buffer: Buffer, start: number): number {
  return buffer.readInt8(start + 16)
}

/** In the old formats this is the last offset of a compressed set. */
export function baseOffsetAt(buffer: Buffer, start: number): number {
  return int64At(buffer, start)
}

export function lastOffsetAt(buffer: Buffer, start: number): number {
  const base = int64At(buffer, start)
  return magicAt(buffer, start) >= 2 ? base + buffer.readInt32BE(start + 23) : base
}

export function leaderEpochAt(buffer: Buffer, start: number): number {
  return magicAt(buffer, start) >= 2 ? buffer.readInt32BE(start + 12) : -1
}

export function maxTimestampAt(buffer: Buffer, start: number): number {
  const magic = magicAt(buffer, start)
  if (magic >= 2) return int64At(buffer, start + 35)
  return magic === 1 ? int64At(buffer, start + 18) : NO_TIMESTAMP
}
