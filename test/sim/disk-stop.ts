import { DiskStopped } from '../support/memory-disk.js'

/** Whether an error is the end of the disk's process, in whatever words it was wrapped. */
export function isDiskStop(error: unknown): boolean {
  return error instanceof DiskStopped || String(error).includes('the disk has stopped')
}
