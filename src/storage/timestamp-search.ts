import { RecordBatch } from '../records/batch.js'
import * as header from './batch-header.js'
import { walkBatches } from './batch-walk.js'
import type { Segment } from './segment.js'
import type { Segments } from './segments.js'

const PIECE_BYTES = 64 * 1024

export interface RecordPosition {
  readonly offset: number
  readonly timestamp: number
  /** Of the batch that holds the record; -1 in batches older than epochs. */
  readonly leaderEpoch: number
}

/** The first record, by offset from `startOffset` on, that is not older than `timestamp`. @throws MalformedBytes */
export function findByTimestamp(segments: Segments, timestamp: number, startOffset: number): RecordPosition | null {
  for (const segment of segments.from(startOffset)) {
    if (segment.sizeBytes === 0 || segment.latest.timestamp < timestamp) continue
    const offset = Math.max(segment.timeIndex.lookup(timestamp).offset, startOffset)
    const found = findInSegment(segment, segment.offsetIndex.lookup(offset).position, startOffset, timestamp)
    if (found !== null) return found
  }
  return null
}

/** The first record that carries the largest timestamp; null when no record carries any. @throws MalformedBytes */
export function findLatestRecord(segments: Segments): RecordPosition | null {
  let best: Segment | null = null
  for (const segment of segments.all)
    if (segment.sizeBytes > 0 && segment.latest.timestamp > (best?.latest.timestamp ?? -1)) best = segment
  if (best === null) return null
  const { timestamp, offset } = best.latest
  return findInSegment(best, best.offsetIndex.lookup(offset).position, best.baseOffset, timestamp)
}

function findInSegment(
  segment: Segment,
  position: number,
  startOffset: number,
  timestamp: number,
): RecordPosition | null {
  let found: RecordPosition | null = null
  walkBatches(
    segment.log,
    { start: position, end: segment.sizeBytes, whole: true, pieceBytes: PIECE_BYTES },
    (bytes, at) => {
      if (header.maxTimestampAt(bytes, at) < timestamp || header.lastOffsetAt(bytes, at) < startOffset) return true
      found = findInBatch(bytes, at, startOffset, timestamp)
      return found === null
    },
  )
  return found
}

function findInBatch(bytes: Buffer, at: number, startOffset: number, timestamp: number): RecordPosition | null {
  const leaderEpoch = header.leaderEpochAt(bytes, at)
  if (header.magicAt(bytes, at) < 2)
    return { offset: header.baseOffsetAt(bytes, at), timestamp: header.maxTimestampAt(bytes, at), leaderEpoch }
  for (const record of new RecordBatch(bytes, at).records())
    if (record.timestamp >= timestamp && record.offset >= startOffset)
      return { offset: record.offset, timestamp: record.timestamp, leaderEpoch }
  return null
}
