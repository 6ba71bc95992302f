import { dirname } from 'node:path'
import type { Disk } from './disk.js'
import { writeFully } from './write-fully.js'

/**
 * Replaces a file so that a reader finds either the old content or the new one. `durable` waits for the device, so that
 * this also holds after a power failure; otherwise it holds after the end of the process only, which costs nothing.
 */
export function replaceFile(disk: Disk, path: string, content: Buffer, durable: boolean): void {
  const temporary = `${path}.tmp`
  const file = disk.open(temporary, 'empty')
  try {
    writeFully(file, [content], content.length, 0)
    if (durable) file.sync()
  } finally {
    file.close()
  }
  disk.rename(temporary, path)
  if (durable) disk.syncDirectory(dirname(path))
}
