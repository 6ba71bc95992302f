import { EntryFile } from './entry-file.js'
import type { SegmentSuffix } from './file-names.js'
import { OFFSET_ENTRY_BYTES, OffsetIndex } from './offset-index.js'
import type { OpenFiles } from './open-files.js'
import { TIME_ENTRY_BYTES, TimeIndex } from './time-index.js'

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
 * Whether offset and time index can be trusted as far as their ends show: they are there, hold whole entries, and do not
 * end in the zeroes that Apache Kafka leaves in files it had no chance to cut to size.
 */
export function areIndexesSound({ offsets, times }: SegmentIndexes, logBytes: number): boolean {
  for (const { file } of [offsets.entries, times.entries]) if (file.files.disk.stat(file.path) === null) return false
  if (!offsets.entries.isWhole() || !times.entries.isWhole()) return false
  const last = offsets.last()
  if (last !== null && (last.offset <= offsets.baseOffset || last.position <= 0 || last.position >= logBytes))
    return false
  const latest = times.last()
  if (latest === null || times.count === 1) return true
  return latest.offset > times.baseOffset && latest.timestamp > times.first()!.timestamp
}
