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

/** How much is brought onto the device at once. */
const SYNCED_AT_ONCE = 8

/** Brings a directory with everything in it onto the device, but for its own name. */
export async function syncTree(disk: Disk, path: string): Promise<void> {
  const directories = [path]
  const files: string[] = []
  for (const directory of directories) {
    const below = new Set(disk.listDirectories(directory))
    for (const name of disk.list(directory) ?? []) (below.has(name) ? directories : files).push(`${directory}/${name}`)
  }
  const waiting = [
    ...files.map((file) => () => disk.syncFile(file)),
    ...directories.map((directory) => () => disk.syncDirectoryLater(directory)),
  ]
  const syncNext = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await next()
  }
  await Promise.all(Array.from({ length: SYNCED_AT_ONCE }, syncNext))
}
