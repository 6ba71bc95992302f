import { MalformedBytes } from '../bytes/malformed.js'
import * as header from './batch-header.js'
import type { Segment } from './segment.js'

/** As `log.cleaner.io.buffer.size` is in Kafka. */
const PIECE_BYTES = 512 * 1024

/** A batch as it lies in `bytes`, good until the next one is asked for. */
export interface StoredBatch {
  readonly bytes: Buffer
  readonly at: number
  readonly sizeBytes: number
}

/** The batches of a segment, one at a time and whole. @throws MalformedBytes where there is something that is no batch. */
export function* batchesOf(segment: Segment): Generator<StoredBatch, void, undefined> {
  const end = segment.sizeBytes
  let bytes = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end))
  for (let position = 0; position < end; ) {
    const filled = segment.log.use().read(bytes, 0, Math.min(bytes.length, end - position), position)
    let at = 0
    for (let sizeBytes = sizeIn(bytes, at, filled); sizeBytes !== null; sizeBytes = sizeIn(bytes, at, filled)) {
      yield { bytes, at, sizeBytes }
      at += sizeBytes
    }
    if (at === 0) bytes = Buffer.allocUnsafe(neededAt(segment, bytes, filled, position, end))
    position += at
  }
}

/** Null when the batch is not whole in these bytes. */
function sizeIn(bytes: Buffer, at: number, filled: number): number | null {
  if (filled - at < header.BATCH_MAGIC_END) return null
  const sizeBytes = header.sizeAt(bytes, at)
  return sizeBytes < header.leastSizeAt(bytes, at) || at + sizeBytes > filled ? null : sizeBytes
}

/** How much must be read for the batch at `position`, which was not whole in what has been read. */
function neededAt(segment: Segment, bytes: Buffer, filled: number, position: number, end: number): number {
  const sizeBytes = filled < header.BATCH_MAGIC_END ? 0 : header.sizeAt(bytes, 0)
  if (sizeBytes <= filled || position + sizeBytes > end)
    throw new MalformedBytes(`${segment.log.path} holds no batch at position ${position}`)
  return sizeBytes
}
