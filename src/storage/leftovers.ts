import * as header from './batch-header.js'
import { walkBatches } from './batch-walk.js'
import { parseSegmentFileName, SEGMENT_SUFFIXES, segmentFileName } from './file-names.js'
import type { OpenFiles } from './open-files.js'

/**
 * Finishes what a crash interrupted in a partition's directory, and returns the names that are there then. Compaction and
 * splitting write `.cleaned` files, rename them to `.swap` once all are complete, and then to their final names; so
 * `.cleaned` files are worth nothing, and `.swap` files replace what they were made from. Deleted files are deleted.
 */
export function settleLeftovers(files: OpenFiles, directory: string, names: string[]): string[] {
  const { disk } = files
  const endingIn = (ending: string): string[] => names.filter((name) => name.endsWith(ending))
  const cleaned = endingIn('.cleaned')
  const swaps = endingIn('.swap')
  const useless = [...endingIn('.deleted'), ...endingIn('.tmp'), ...cleaned]
  if (useless.length === 0 && swaps.length === 0) return names
  // A `.cleaned` file beside them: not all had been renamed, so those from there on are not complete either.
  const firstCleaned = Math.min(...cleaned.map(baseOffsetOf))
  const invalid = swaps.filter((name) => baseOffsetOf(name) >= firstCleaned)
  const valid = swaps.filter((name) => !invalid.includes(name))
  for (const name of [...useless, ...invalid]) disk.remove(`${directory}/${name}`)
  if (valid.length > 0) installSwaps(files, directory, names, valid)
  return disk.list(directory) ?? []
}

function installSwaps(files: OpenFiles, directory: string, names: readonly string[], swaps: readonly string[]): void {
  const { disk } = files
  const bases = swaps.filter((name) => name.endsWith('.log.swap')).map(baseOffsetOf)
  const from = Math.min(...bases)
  const to = Math.max(...bases.map((base) => endOffsetOf(files, directory, base)))
  for (const name of names) {
    const parsed = parseSegmentFileName(name)
    if (parsed === null || !(SEGMENT_SUFFIXES as readonly string[]).includes(parsed.suffix)) continue
    if (parsed.baseOffset >= from && parsed.baseOffset < to) disk.remove(`${directory}/${name}`)
  }
  for (const name of swaps) disk.rename(`${directory}/${name}`, `${directory}/${name.slice(0, -'.swap'.length)}`)
}

/** The offset after the last batch of a segment that is about to be installed. */
function endOffsetOf(files: OpenFiles, directory: string, baseOffset: number): number {
  const file = files.file(`${directory}/${segmentFileName(baseOffset, 'log')}.swap`)
  // Of the segment that it was made from first nothing stays, also where nothing is left of it.
  let endOffset = baseOffset + 1
  walkBatches(file, { start: 0, end: file.use().size(), whole: false }, (bytes, at) => {
    endOffset = header.lastOffsetAt(bytes, at) + 1
    return true
  })
  file.close()
  return endOffset
}

function baseOffsetOf(name: string): number {
  return parseSegmentFileName(name)?.baseOffset ?? Number.POSITIVE_INFINITY
}
