import { MalformedBytes } from '../bytes/malformed.js'
import { RecordBatch } from '../records/batch.js'
import { LegacyBatch } from '../records/legacy.js'
import * as header from './batch-header.js'
import { walkBatches } from './batch-walk.js'
import type { StorageEnvironment } from './environment.js'
import type { LeaderEpochCache } from './leader-epoch-cache.js'
import type { ProducerSnapshots } from './producer-snapshots.js'
import type { ProducerStates } from './producer-states.js'
import { OFFSET_SPAN_MAX, type Segment } from './segment.js'
import type { Segments } from './segments.js'

const PIECE_BYTES = 1024 * 1024

export interface RecoveryContext {
  readonly environment: StorageEnvironment
  readonly epochs: LeaderEpochCache
  readonly indexIntervalBytes: number
  /** As of the first segment that is recovered; as of the end afterwards. */
  readonly producers: ProducerStates
  readonly snapshots: ProducerSnapshots
}

/**
 * Checks every batch of the segments from `first` on, builds their indexes again and takes what they say of producers and
 * epochs into account. At the first byte that is wrong the log ends: the rest of that segment is cut off and later segments
 * are removed. Returns the offset after the last good batch.
 */
export function recoverSegments(segments: Segments, first: Segment, context: RecoveryContext): number {
  const { log } = context.environment
  let nextOffset = first.baseOffset
  for (const segment of segments.from(first.baseOffset)) {
    if (segment !== first) context.snapshots.take(segment.baseOffset, context.producers, false)
    const recovered = recoverSegment(segment, Math.max(nextOffset, segment.baseOffset), context)
    nextOffset = recovered.nextOffset
    if (recovered.cutBytes === 0) continue
    const later = segments.removeAfter(segment.baseOffset)
    for (const lost of later) lost.remove()
    log.warn(
      `Corruption found in segment ${segment.baseOffset} of ${segment.directory}, truncating to offset ${nextOffset} ` +
        `(${recovered.cutBytes} bytes${later.length > 0 ? ` and ${later.length} later segments` : ''})`,
    )
    break
  }
  return nextOffset
}

function recoverSegment(
  segment: Segment,
  startOffset: number,
  context: RecoveryContext,
): { nextOffset: number; cutBytes: number } {
  const fileBytes = segment.sizeBytes
  if (fileBytes === 0 && segment.isWithoutEntries) return { nextOffset: startOffset, cutBytes: 0 }
  segment.clearIndexes()
  segment.transactions.truncateTo(Number.NEGATIVE_INFINITY)
  let nextOffset = startOffset
  const position = walkBatches(
    segment.log,
    { start: 0, end: fileBytes, whole: true, pieceBytes: PIECE_BYTES },
    (bytes, at) => {
      const lastOffset = header.lastOffsetAt(bytes, at)
      if (header.baseOffsetAt(bytes, at) < nextOffset || lastOffset < nextOffset) return false
      if (lastOffset - segment.baseOffset > OFFSET_SPAN_MAX) return false
      if (!takeIn(segment, bytes, at, context)) return false
      nextOffset = lastOffset + 1
      return true
    },
  )
  if (position < fileBytes) segment.log.useAlone().truncate(position)
  segment.seal()
  return { nextOffset, cutBytes: fileBytes - position }
}

/** False when the batch is not what its checksum says. */
function takeIn(segment: Segment, bytes: Buffer, at: number, context: RecoveryContext): boolean {
  const { producers, epochs, indexIntervalBytes } = context
  const facts = {
    sizeBytes: header.sizeAt(bytes, at),
    lastOffset: header.lastOffsetAt(bytes, at),
    maxTimestamp: header.maxTimestampAt(bytes, at),
  }
  // Sets of the old formats carry no producers and no epochs; nobody writes them any more. What a power failure left of a batch
  // may look like one, where its magic has become a zero.
  if (header.magicAt(bytes, at) < 2) {
    if (!isLegacyValid(bytes, at)) return false
    segment.account(facts, indexIntervalBytes)
    return true
  }
  const batch = readBatch(bytes, at)
  if (batch === null || !batch.isCrcValid()) return false
  const aborted = applyTo(producers, batch)
  if (aborted === 'unreadable') return false
  segment.account(facts, indexIntervalBytes)
  if (aborted !== null) segment.transactions.add(aborted)
  if (batch.partitionLeaderEpoch > epochs.latestEpoch) epochs.assign(batch.partitionLeaderEpoch, batch.baseOffset)
  return true
}

function isLegacyValid(bytes: Buffer, at: number): boolean {
  try {
    return new LegacyBatch(bytes, at).isCrcValid()
  } catch (error) {
    if (error instanceof MalformedBytes) return false
    throw error
  }
}

function readBatch(bytes: Buffer, at: number): RecordBatch | null {
  try {
    return new RecordBatch(bytes, at)
  } catch (error) {
    if (error instanceof MalformedBytes) return null
    throw error
  }
}

function applyTo(producers: ProducerStates, batch: RecordBatch) {
  try {
    return producers.apply(batch)
  } catch (error) {
    if (error instanceof MalformedBytes) return 'unreadable'
    throw error
  }
}
