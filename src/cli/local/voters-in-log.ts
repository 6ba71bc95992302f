import { join } from 'node:path'
import { batchesIn } from '../../records/batch.js'
import { controlRecordsOf } from '../../records/control.js'
import { systemDisk } from '../../storage/disk.js'

const METADATA = '__cluster_metadata-0'

/**
 * Whether the metadata in a log directory says who votes, and where each is (`kraft.version` 1): on other ports its brokers
 * would turn to those of the cluster that it was copied from.
 */
export function hasVotersInLog(directory: string): boolean {
  const path = join(directory, METADATA)
  const files = (systemDisk.list(path) ?? []).filter((name) => /\.(log|checkpoint)$/.test(name))
  return files.some((name) => tellsOfVoters(systemDisk.readFile(join(path, name)) ?? Buffer.alloc(0)))
}

function tellsOfVoters(bytes: Buffer): boolean {
  for (const batch of batchesIn(bytes)) {
    if (batch.isControl && controlRecordsOf(batch).some(({ record }) => record.type === 'KRAFT_VOTERS')) return true
  }
  return false
}
