import { MalformedBytes } from '../../bytes/malformed.js'
import { batchesIn } from '../../records/batch.js'
import type { Disk } from '../disk.js'
import type { CheckTally, Finding } from './finding.js'

/** Looks at a snapshot of the metadata: batches as in a log. */
export function checkSnapshotFile(disk: Disk, path: string, tally: CheckTally, find: (finding: Finding) => void): void {
  const nextStep = 'The metadata in it cannot be trusted: take the one before, or klog snap restore.'
  const bytes = disk.readFile(path) ?? Buffer.alloc(0)
  let end = 0
  try {
    for (const batch of batchesIn(bytes)) {
      if (!batch.isCrcValid()) find({ path, what: `position ${end}: its checksum is another`, nextStep })
      end += batch.sizeBytes
      tally.batches++
    }
  } catch (error) {
    if (!(error instanceof MalformedBytes)) throw error
    find({ path, what: error.message, nextStep })
    return
  }
  tally.bytes += end
  if (end < bytes.length) find({ path, what: `from position ${end} on there is no batch`, nextStep })
}
