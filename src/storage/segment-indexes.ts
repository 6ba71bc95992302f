import * as header from './batch-header.js'
import { walkBatches } from './batch-walk.js'
import { EntryFile } from './entry-file.js'
import type { SegmentSuffix } from './file-names.js'
import { OFFSET_ENTRY_BYTES, OffsetIndex } from './offset-index.js'
import type { LazyFile, OpenFiles } from './open-files.js'
import { TIME_ENTRY_BYTES, TimeIndex, type TimestampOffset } from './time-index.js'

export interface SegmentIndexes {
  readonly offsets: OffsetIndex
  readonly times: TimeIndex
}

export function openIndexes(
  files: OpenFiles,
  pathOf: (suffix: SegmentSuffix) => string,
  baseOffset: number,
): SegmentIndexes {
  return {
    offsets: new OffsetIndex(new EntryFile(files.file(pathOf('index')), OFFSET_ENTRY_BYTES), baseOffset),
    times: new TimeIndex(new EntryFile(files.file(pathOf('timeindex')), TIME_ENTRY_BYTES), baseOffset),
  }
}

/**
 * Whether offset and time index can be trusted as far as a few entries show: they are there, hold whole entries, do not end in
 * the zeroes that Apache Kafka leaves in files it had no chance to cut to size, and speak of the batches of this segment.
 */
export function areIndexesSound({ offsets, times }: SegmentIndexes, log: LazyFile, logBytes: number): boolean {
  for (const { file } of [offsets.entries, times.entries]) if (file.files.disk.stat(file.path) === null) return false
  if (!offsets.entries.isWhole() || !times.entries.isWhole()) return false
  const last = offsets.last()
  if (last !== null && (last.offset <= offsets.baseOffset || last.position <= 0 || last.position >= logBytes))
    return false
  for (const index of new Set([0, offsets.count >> 1, offsets.count - 1]))
    if (last !== null && !pointsAtBatch(offsets, index, log, logBytes)) return false
  const latest = times.last()
  if (latest === null || latest.timestamp <= 0) return true
  if (!isCarried(latest, offsets, log, logBytes)) return false
  if (times.count === 1) return true
  return latest.offset > times.baseOffset && latest.timestamp > times.first()!.timestamp
}

/** Whether a batch begins where an entry says. Of several that were written together the entry names the last offset. */
function pointsAtBatch(offsets: OffsetIndex, index: number, log: LazyFile, logBytes: number): boolean {
  const { offset, position } = offsets.at(index)
  if (position < 0 || position >= logBytes) return false
  let isFound = false
  walkBatches(log, { start: position, end: logBytes, whole: false, pieceBytes: 64 }, (bytes, at) => {
    const base = header.baseOffsetAt(bytes, at)
    isFound = base >= offsets.baseOffset && base <= offset && header.magicAt(bytes, at) <= 2
    return false
  })
  return isFound
}

/** Whether the batch that holds the entry's offset carries its timestamp. */
function isCarried({ timestamp, offset }: TimestampOffset, offsets: OffsetIndex, log: LazyFile, logBytes: number) {
  const { position } = offsets.lookup(offset)
  let isFound = false
  walkBatches(log, { start: position, end: logBytes, whole: false }, (bytes, at) => {
    if (header.lastOffsetAt(bytes, at) < offset) return true
    isFound = header.maxTimestampAt(bytes, at) === timestamp
    return false
  })
  return isFound
}
