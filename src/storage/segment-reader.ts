import { MalformedBytes } from '../bytes/malformed.js'
import * as header from './batch-header.js'
import type { BufferSource, HeldBuffer } from './memory.js'
import type { Segment } from './segment.js'

/** Up to the last offset of a batch. */
const HEADER_BYTES = 27
/** So much further than asked for, where the index leads to somewhere before the batch. */
const SLACK_BYTES = 8 * 1024
const READ_BYTES_MIN = 4 * 1024
/** A read of so much costs so much more than one of a header that it is worth asking whether it would have to be done again. */
const LARGE_READ_BYTES = 256 * 1024

export interface SegmentRead {
  readonly bytes: Buffer
  readonly held: HeldBuffer
  readonly firstBatchOffset: number
  readonly nextOffset: number
}

export interface ReadLimits {
  readonly bytesMax: number
  /** Exclusive: batches that end at or after it are left out. */
  readonly endOffset: number
  /** Whether the first batch is returned even where it is larger than `bytesMax`. */
  readonly minOneBatch: boolean
}

/** `'nothing'`: the limits forbid even the first batch. `'passed'`: the segment has no batch at or after the offset. */
export type SegmentReadResult = SegmentRead | 'nothing' | 'passed'

/**
 * Whole batches from the one that holds `offset`, by one read in most cases.
 * @throws MalformedBytes where the file holds something that is no batch.
 */
export function readSegment(
  segment: Segment,
  offset: number,
  limits: ReadLimits,
  buffers: BufferSource,
): SegmentReadResult {
  const hint = segment.hints.find(offset)
  let position = hint ?? segment.positionBefore(offset)
  let wanted = hint === null ? limits.bytesMax + SLACK_BYTES : wantedFrom(segment, hint, limits)
  for (;;) {
    const left = segment.sizeBytes - position
    if (left <= 0) return 'passed'
    const length = Math.min(left, Math.max(wanted, READ_BYTES_MIN))
    const held = buffers.take(length)
    const filled = segment.log.use().read(held.buffer, 0, length, position)
    const cut = cutBatches(held.buffer, filled, offset, limits)
    if (cut.start === null || cut.needed !== null) {
      held.release()
      if (cut.start === null && cut.end === 0) throw corrupt(segment, position)
      position += cut.start ?? cut.end
      wanted = Math.max(limits.bytesMax, cut.needed ?? 0)
      if (cut.needed !== null && position + cut.needed > segment.sizeBytes) throw corrupt(segment, position)
      continue
    }
    if (cut.end === cut.start) {
      held.release()
      return 'nothing'
    }
    const soundBytes = segment.checked.soundBytes(held.buffer, cut.start, cut.end, position + cut.start)
    if (soundBytes === 0) {
      held.release()
      throw damaged(segment, offset, position + cut.start)
    }
    const end = cut.start + soundBytes
    const bytes = held.buffer.subarray(cut.start, end)
    const nextOffset = end === cut.end ? cut.nextOffset : header.baseOffsetAt(held.buffer, end)
    segment.hints.remember(nextOffset, position + end)
    return { bytes, held, firstBatchOffset: header.baseOffsetAt(bytes, 0), nextOffset }
  }
}

/** Where the batch at `position` is larger than what may be read, but has to be whole, its size. */
function wantedFrom(segment: Segment, position: number, { bytesMax, minOneBatch }: ReadLimits): number {
  const left = segment.sizeBytes - position
  if (!minOneBatch || bytesMax < LARGE_READ_BYTES || left <= bytesMax) return bytesMax
  const head = Buffer.allocUnsafe(HEADER_BYTES)
  if (segment.log.use().read(head, 0, HEADER_BYTES, position) < HEADER_BYTES) return bytesMax
  const sizeBytes = header.sizeAt(head, 0)
  return sizeBytes > left ? bytesMax : Math.max(bytesMax, sizeBytes)
}

interface Cut {
  /** Where the batch begins that holds the offset; null when it is not in these bytes. */
  readonly start: number | null
  /** After the last batch that may be returned; where no batch holds the offset, after the last one looked at. */
  readonly end: number
  readonly nextOffset: number
  /** Size of the first batch, where it is wanted and not whole in these bytes. */
  readonly needed: number | null
}

function cutBatches(buffer: Buffer, filled: number, offset: number, limits: ReadLimits): Cut {
  let start: number | null = null
  let nextOffset = offset
  let at = 0
  while (at + HEADER_BYTES <= filled) {
    const sizeBytes = header.sizeAt(buffer, at)
    if (sizeBytes < header.leastSizeAt(buffer, at)) break
    const lastOffset = header.lastOffsetAt(buffer, at)
    if (lastOffset < offset) {
      at += sizeBytes
      continue
    }
    start ??= at
    if (lastOffset >= limits.endOffset) break
    const isFirst = at === start
    if (at + sizeBytes - start > limits.bytesMax && !(isFirst && limits.minOneBatch)) break
    if (at + sizeBytes > filled) return { start, end: at, nextOffset, needed: isFirst ? sizeBytes : null }
    at += sizeBytes
    nextOffset = lastOffset + 1
  }
  return { start, end: at, nextOffset, needed: null }
}

function damaged(segment: Segment, offset: number, position: number): MalformedBytes {
  return new MalformedBytes(
    `the batch of offset ${offset} at position ${position} of ${segment.log.path} is not what was written: its checksum is ` +
      'another. See klog broker check',
  )
}

function corrupt(segment: Segment, position: number): MalformedBytes {
  return new MalformedBytes(`${segment.log.path} holds no batch at position ${position}`)
}
