import { DiskStopped } from '../support/memory-disk.js'

/** Whether an error is the end of the disk's process, in whatever words it was wrapped. */
export function isDiskStop(error: unknown): boolean {
  return error instanceof DiskStopped || String(error).includes('the disk has stopped')
}

/** Whether it is about a disk that is full or broken, in whatever words it was wrapped. */
export function isDiskTrouble(error: unknown): boolean {
  return /ENOSPC|EIO|only \d+ of \d+ bytes could be written/.test(String(error))
}
