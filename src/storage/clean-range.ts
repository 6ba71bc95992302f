import type { PartitionLog } from './partition-log.js'
import type { Segment } from './segment.js'

/** What compaction would do with one log now. */
export interface CleanRange {
  /** Compaction has been over everything below it. */
  readonly firstDirty: number
  /** Up to here it may go: where a segment begins. */
  readonly firstUncleanable: number
  /** Bytes of the segments between the two. */
  readonly dirtyBytes: number
  /** `dirtyBytes` of all that would be rewritten. */
  readonly dirtyRatio: number
  /** Whether records have waited for longer than `max.compaction.lag.ms`. */
  readonly isOverdue: boolean
}

/**
 * The range that is to be compacted: closed segments whose records are decided and older than `min.compaction.lag.ms`. Null
 * when nothing is due, which asks for more dirt than `min.cleanable.dirty.ratio` or a record that has waited for too long.
 */
export function dueRange(log: PartitionLog, nowMs: number): CleanRange | null {
  const { config, segments } = log
  if (!config.cleanupPolicy.has('compact') || segments.length < 2) return null
  const range = rangeOf(log, nowMs)
  if (range.dirtyBytes === 0) return null
  return range.isOverdue || range.dirtyRatio > config.minCleanableDirtyRatio ? range : null
}

/** The range that could be compacted, even if nothing in it is new: tombstones may have grown old. Null where there is none. */
export function possibleRange(log: PartitionLog, nowMs: number): CleanRange | null {
  if (log.segments.length < 2) return null
  const range = rangeOf(log, nowMs)
  return range.firstUncleanable <= log.segments[0]!.baseOffset ? null : range
}

function rangeOf(log: PartitionLog, nowMs: number): CleanRange {
  const { segments } = log
  const closed = segments.slice(0, -1)
  const firstDirty = firstDirtyOf(log)
  const firstUncleanable = firstUncleanableOf(log, firstDirty, nowMs)
  const dirtyFrom = segments.findLastIndex(({ baseOffset }) => baseOffset <= Math.min(firstDirty, firstUncleanable))
  const dirty = closed.slice(Math.max(0, dirtyFrom)).filter(({ baseOffset }) => baseOffset < firstUncleanable)
  const dirtyBytes = bytesOf(dirty)
  const cleanBytes = bytesOf(segments.filter(({ baseOffset }) => baseOffset < firstDirty))
  return {
    firstDirty,
    firstUncleanable,
    dirtyBytes,
    dirtyRatio: dirtyBytes / Math.max(1, cleanBytes + dirtyBytes),
    isOverdue: isOverdue(closed.slice(Math.max(0, dirtyFrom)), log.config.maxCompactionLagMs, nowMs),
  }
}

/** Where the last pass ended, unless the log says that this cannot be. */
function firstDirtyOf({ cleanedOffset, logStartOffset, logEndOffset }: PartitionLog): number {
  return cleanedOffset < logStartOffset || cleanedOffset > logEndOffset ? logStartOffset : cleanedOffset
}

function firstUncleanableOf(log: PartitionLog, firstDirty: number, nowMs: number): number {
  const { segments, config, lastStableOffset } = log
  const closed = segments.slice(0, -1)
  const { minCompactionLagMs } = config
  const tooYoung = (segment: Segment, index: number): boolean =>
    (segments[index + 1]?.baseOffset ?? 0) > firstDirty && segment.largestTimestamp > nowMs - minCompactionLagMs
  const young = minCompactionLagMs > 0 ? closed.find(tooYoung) : undefined
  const bound = Math.min(lastStableOffset, young?.baseOffset ?? Number.POSITIVE_INFINITY)
  // The segment that holds the bound stays as a whole.
  return segments.findLast(({ baseOffset }) => baseOffset <= bound)?.baseOffset ?? segments[0]!.baseOffset
}

function isOverdue(dirty: readonly Segment[], maxCompactionLagMs: number, nowMs: number): boolean {
  // As a rule there is no such bound: then no file need be opened for it.
  if (maxCompactionLagMs >= nowMs) return false
  return dirty.some(({ firstTimestamp }) => firstTimestamp > 0 && firstTimestamp < nowMs - maxCompactionLagMs)
}

function bytesOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.sizeBytes, 0)
}
