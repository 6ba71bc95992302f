import { replaceFile } from './atomic-file.js'
import type { Disk } from './disk.js'

export const CLEAN_SHUTDOWN_FILE = '.kafka_cleanshutdown'

/** What the last run said when it ended in order; null where it did not. From here on a crash is seen as one, a power failure too. */
export function takeCleanShutdown(disk: Disk, directory: string): { readonly brokerEpoch: number } | null {
  const path = `${directory}/${CLEAN_SHUTDOWN_FILE}`
  const marker = disk.readFile(path)
  if (marker === null) return null
  disk.remove(path)
  disk.syncDirectory(directory)
  return { brokerEpoch: brokerEpochIn(marker) }
}

export function writeCleanShutdown(disk: Disk, directory: string, brokerEpoch: number): void {
  const marker = Buffer.from(JSON.stringify({ version: 0, brokerEpoch }))
  replaceFile(disk, `${directory}/${CLEAN_SHUTDOWN_FILE}`, marker, true)
}

/** -1 where it does not say: those of older releases are empty. */
function brokerEpochIn(marker: Buffer): number {
  const epoch = Number(/"brokerEpoch"\s*:\s*(-?\d+)/.exec(marker.toString('latin1'))?.[1] ?? -1)
  return Number.isSafeInteger(epoch) ? epoch : -1
}
