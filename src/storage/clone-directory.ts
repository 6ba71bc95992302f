import type { Disk } from './disk.js'
import { parseSegmentFileName, SEGMENT_SUFFIXES } from './file-names.js'

/**
 * Makes a log directory that nobody uses a second time: closed segments are linked, as are files that are only ever replaced as
 * a whole, and the last segment of each partition is copied. Whoever writes to one of the two leaves the other as it is.
 */
export function cloneDirectory(disk: Disk, from: string, to: string): void {
  disk.makeDirectory(to)
  const directories = new Set(disk.listDirectories(from))
  for (const name of disk.list(from) ?? []) {
    if (directories.has(name)) clonePartition(disk, `${from}/${name}`, `${to}/${name}`)
    else disk.copy(`${from}/${name}`, `${to}/${name}`)
  }
}

function clonePartition(disk: Disk, from: string, to: string): void {
  disk.makeDirectory(to)
  const names = disk.list(from) ?? []
  const segments = names.filter((name) => isOfSegment(name))
  const last = Math.max(...segments.map((name) => parseSegmentFileName(name)!.baseOffset))
  for (const name of names) {
    const mayChange = isOfSegment(name) && parseSegmentFileName(name)!.baseOffset === last
    if (mayChange) disk.copy(`${from}/${name}`, `${to}/${name}`)
    else linkOrCopy(disk, `${from}/${name}`, `${to}/${name}`)
  }
}

function isOfSegment(name: string): boolean {
  const suffix = parseSegmentFileName(name)?.suffix
  return (SEGMENT_SUFFIXES as readonly (string | undefined)[]).includes(suffix)
}

function linkOrCopy(disk: Disk, from: string, to: string): void {
  try {
    disk.link(from, to)
  } catch {
    disk.copy(from, to)
  }
}
