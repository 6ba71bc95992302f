import { parseSegmentFileName, SEGMENT_SUFFIXES } from './file-names.js'
import type { LogState } from './log-state.js'
import type { LogWriter } from './log-writer.js'
import type { SnapshotCopy } from './snapshot-copy.js'

/** A last segment that is larger is closed, so that it need not be copied. */
const COPIED_BYTES_MAX = 4 * 1024 * 1024
const UNFINISHED = /\.(deleted|cleaned|swap|tmp)$/

/**
 * Puts one log into `target` as it is now: closed segments and what is only ever replaced as a whole are linked, the last
 * segment is copied. Everything has been written when this is called. The last segment's indexes are left out: they are built
 * again when they are first used.
 */
export function snapshotLog(state: LogState, writer: LogWriter, target: string, copy: SnapshotCopy): void {
  const { directory, environment } = state
  const { disk } = environment
  if (state.segments.active.sizeBytes > COPIED_BYTES_MAX) writer.rollAt(state.logEndOffset)
  state.epochsInUse?.save(state.logEndOffset, false)
  disk.makeDirectory(target)
  const names = new Set(disk.list(directory))
  const nameOf = (path: string): string => path.slice(directory.length + 1)
  for (const segment of state.segments.all) {
    if (segment === state.segments.active) continue
    for (const path of segment.paths) if (names.has(nameOf(path))) copy.share(path, `${target}/${nameOf(path)}`)
    segment.markShared()
  }
  const { log, transactions, sizeBytes } = state.segments.active
  copy.copyNow(log.path, `${target}/${nameOf(log.path)}`, sizeBytes)
  if (names.has(nameOf(transactions.file.path))) {
    const { path } = transactions.file
    copy.copyNow(path, `${target}/${nameOf(path)}`, disk.stat(path)!.sizeBytes)
  }
  for (const name of names) if (isReplacedAsWhole(name)) copy.share(`${directory}/${name}`, `${target}/${name}`)
}

function isReplacedAsWhole(name: string): boolean {
  const suffix = parseSegmentFileName(name)?.suffix
  return !UNFINISHED.test(name) && !(SEGMENT_SUFFIXES as readonly (string | undefined)[]).includes(suffix)
}
