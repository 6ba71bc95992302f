import type { Disk } from './disk.js'
import { Segment } from './segment.js'

/** What the files are called while they are written, and once they are complete. */
export const CLEANED = '.cleaned'
const SWAP = '.swap'

/**
 * Puts a segment that compaction has written into the place of those that it was made from. After a crash `.cleaned` files
 * count for nothing and `.swap` files for everything (see leftovers.ts), so it has happened or it has not, wherever it ends.
 * Returns the new segment and the files of the old ones.
 */
export function swapIn(
  old: readonly Segment[],
  cleaned: Segment,
  nowMs: number,
): { segment: Segment; doomed: readonly string[] } {
  const { files, directory, baseOffset } = cleaned
  const paths = cleaned.paths.filter((path) => files.disk.stat(path) !== null)
  cleaned.close()
  for (const path of paths) rename(files.disk, path, CLEANED, SWAP)
  const doomed = old.flatMap((segment) => segment.markDeleted())
  // The batches first: a `.swap` of those would take away the indexes that have their names already.
  for (const path of paths) rename(files.disk, path.slice(0, -CLEANED.length) + SWAP, SWAP, '')
  return { segment: new Segment(files, directory, baseOffset, nowMs), doomed }
}

function rename(disk: Disk, path: string, from: string, to: string): void {
  disk.rename(path, path.slice(0, -from.length) + to)
}
