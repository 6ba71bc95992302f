import { dirname } from 'node:path'
import type { Disk } from './disk.js'

/** Makes a directory, with those above it, in such a way that a power failure does not take it away with all that is in it. */
export function makeDirectoryDurably(disk: Disk, path: string): void {
  if (disk.stat(path)?.isDirectory) return
  const parent = dirname(path)
  if (parent !== path) makeDirectoryDurably(disk, parent)
  disk.makeDirectory(path)
  disk.syncDirectory(parent)
}
