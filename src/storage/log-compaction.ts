import { RecordBatch } from '../records/batch.js'
import { type FilterRules, filterBatch, RECORDS_AT_ONCE } from './batch-filter.js'
import { magicAt, sizeAt } from './batch-header.js'
import type { CleanRange } from './clean-range.js'
import { CleanedTransactions } from './cleaned-transactions.js'
import { CompactionTally } from './compaction-tally.js'
import { KeyOffsets } from './key-offsets.js'
import type { LogConfig } from './log-config.js'
import { OFFSET_ENTRY_BYTES } from './offset-index.js'
import type { PartitionLog } from './partition-log.js'
import { OFFSET_SPAN_MAX, Segment } from './segment.js'
import { batchesOf } from './segment-batches.js'
import { SegmentOutput } from './segment-output.js'
import { CLEANED } from './segment-swap.js'
import type { Slices } from './slices.js'
import { TIME_ENTRY_BYTES } from './time-index.js'

/** So many segments become one in a pass, at most: they are replaced in one piece, which nobody may have to wait for. */
const GROUP_SEGMENTS_MAX = 16

/**
 * One pass over a log: finds the last offset of each key in the dirty range, then writes all segments up to there again without
 * what is outdated. Returns the offset that it came to: the end of the range, or less where there are more keys than `keysMax`.
 * Between slices records may be appended; once segments have gone (`revision`), the pass must be ended by `return`.
 * `tally` is counted up. @throws MalformedBytes where a segment is damaged.
 */
export function* compact(
  log: PartitionLog,
  range: CleanRange,
  nowMs: number,
  keysMax: number,
  tally = new CompactionTally(),
): Slices<number> {
  const { firstDirty, firstUncleanable } = range
  const keys = new KeyOffsets(firstDirty, Math.min(keysMax, firstUncleanable - firstDirty))
  const keysEnd = yield* collectKeys(log, range, keys, tally)
  const rules = { log, keys, keysEnd, firstUncleanable, transactions: new CleanedTransactions(), tally, nowMs }
  const groups = yield* groupsOf(log.segments, keysEnd, log.config)
  if (groups.length > 0) log.leaderEpochs.secure(log.writtenEndOffset)
  for (const group of groups) yield* rewrite(group, rules)
  const [first] = log.segments
  // What the checkpoint is about to say must be true after a power failure too.
  yield first!.files.disk.syncDirectoryLater(log.directory)
  return keysEnd
}

/** Returns the offset up to where the keys are known. */
function* collectKeys(log: PartitionLog, range: CleanRange, keys: KeyOffsets, tally: CompactionTally): Slices<number> {
  const { firstDirty, firstUncleanable } = range
  const transactions = new CleanedTransactions()
  transactions.expect(log.abortedTransactions(firstDirty, firstUncleanable))
  for (const segment of segmentsBetween(log.segments, firstDirty, firstUncleanable))
    for (const { bytes, at } of batchesOf(segment)) {
      tally.bytes += sizeAt(bytes, at)
      yield
      if (magicAt(bytes, at) < 2) continue
      const batch = new RecordBatch(bytes, at)
      if (batch.isControl) {
        transactions.endAt(batch)
        continue
      }
      if (transactions.isAborted(batch) || batch.lastOffset < firstDirty) continue
      let count = 0
      for (const { key, offset } of batch.records()) {
        if (++count % RECORDS_AT_ONCE === 0) yield
        if (key !== null && offset >= firstDirty && !keys.put(key, offset)) return offset
      }
    }
  return firstUncleanable
}

function segmentsBetween(segments: readonly Segment[], from: number, to: number): Segment[] {
  const first = segments.findLastIndex(({ baseOffset }) => baseOffset <= from)
  return segments.slice(Math.max(0, first)).filter(({ baseOffset }) => baseOffset < to)
}

/** Segments that become one: together no larger than one may be, in bytes, index entries and offsets. */
function* groupsOf(segments: readonly Segment[], endOffset: number, config: LogConfig): Slices<Segment[][]> {
  const groups: Segment[][] = []
  let room = { bytes: 0, indexBytes: 0, timeIndexBytes: 0 }
  for (const [i, segment] of segments.slice(0, -1).entries()) {
    if (segment.baseOffset >= endOffset) break
    // To look at one may mean to open its files.
    yield
    const { sizeBytes } = segment
    const indexBytes = segment.offsetIndex.count * OFFSET_ENTRY_BYTES
    const timeIndexBytes = segment.timeIndex.count * TIME_ENTRY_BYTES
    const group = groups.at(-1)
    const lastOffset = segments[i + 1]!.baseOffset - 1
    const fits =
      sizeBytes <= room.bytes &&
      indexBytes <= room.indexBytes &&
      timeIndexBytes <= room.timeIndexBytes &&
      (sizeBytes === 0 || lastOffset - (group?.[0]?.baseOffset ?? 0) <= OFFSET_SPAN_MAX)
    if (group !== undefined && group.length < GROUP_SEGMENTS_MAX && fits) group.push(segment)
    else {
      groups.push([segment])
      const { segmentBytes, segmentIndexBytes } = config
      room = { bytes: segmentBytes, indexBytes: segmentIndexBytes, timeIndexBytes: segmentIndexBytes }
    }
    room.bytes -= sizeBytes
    room.indexBytes -= indexBytes
    room.timeIndexBytes -= timeIndexBytes
  }
  return groups
}

/** Writes what stays of a group of segments into a new one, which takes their place. */
function* rewrite(group: readonly Segment[], rules: FilterRules): Slices<void> {
  const { log, nowMs } = rules
  const { files, directory, baseOffset } = group[0]!
  const cleaned = new Segment(files, directory, baseOffset, nowMs, 0, CLEANED)
  let isInPlace = false
  try {
    cleaned.remove()
    cleaned.create()
    const output = new SegmentOutput(cleaned, log.config.indexIntervalBytes)
    for (const segment of group) yield* filterSegment(segment, cleaned, output, rules)
    output.flush()
    cleaned.seal()
    yield cleaned.flushLater()
    // Retention goes by it where records carry no time.
    const { disk } = files
    const modifiedMs = disk.stat(group.at(-1)!.log.path)?.modifiedMs
    if (modifiedMs !== undefined) disk.setModified(cleaned.log.path, modifiedMs)
    log.replaceSegments(group, cleaned)
    isInPlace = true
  } finally {
    if (!isInPlace) cleaned.remove()
  }
}

function* filterSegment(segment: Segment, cleaned: Segment, output: SegmentOutput, rules: FilterRules): Slices<void> {
  const { log, transactions, tally } = rules
  const next = log.segments[log.segments.indexOf(segment) + 1]!
  transactions.expect(log.abortedTransactions(segment.baseOffset, next.baseOffset))
  for (const stored of batchesOf(segment)) {
    tally.bytes += sizeAt(stored.bytes, stored.at)
    yield
    const { bytes, aborted } = yield* filterBatch(stored, rules)
    if (bytes !== null) output.add(bytes)
    tally.bytes += bytes?.length ?? 0
    if (aborted !== null) cleaned.transactions.add(aborted)
  }
}
