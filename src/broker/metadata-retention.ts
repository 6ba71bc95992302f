import { MalformedBytes } from '../bytes/malformed.js'
import { batchesIn } from '../records/batch.js'
import { controlRecordOf } from '../records/control.js'
import type { Disk } from '../storage/disk.js'
import type { PartitionLog } from '../storage/partition-log.js'
import type { BrokerConfig } from './broker-config.js'
import { listSnapshots, removeSnapshot, type SnapshotId, snapshotPath } from './metadata-snapshot.js'

export interface MetadataRetention {
  readonly disk: Disk
  readonly log: PartitionLog
  readonly config: BrokerConfig
  readonly nowMs: number
}

/**
 * Removes the oldest snapshots that are older than `metadata.max.retention.ms`, or too much together with the log for
 * `metadata.max.retention.bytes`; the log begins where the oldest one left ends (KIP-630). The newest one always stays.
 */
export function forgetOldMetadata({ disk, log, config, nowMs }: MetadataRetention): void {
  const { directory } = log
  const all = listSnapshots(disk, directory)
  const [bytesMax, msMax] = [config.long('metadata.max.retention.bytes'), config.long('metadata.max.retention.ms')]
  const sizeOf = (id: SnapshotId): number => disk.stat(snapshotPath(directory, id))?.sizeBytes ?? 0
  let snapshotBytes = all.reduce((sum, id) => sum + sizeOf(id), 0)
  for (const [at, id] of all.slice(0, -1).entries()) {
    const isTooLarge = bytesMax >= 0 && log.sizeBytes + snapshotBytes > bytesMax
    const isTooOld = msMax >= 0 && nowMs - lastTimestamp(disk, directory, id) > msMax
    if (!isTooLarge && !isTooOld) return
    log.deleteRecordsTo(all[at + 1]!.endOffset)
    snapshotBytes -= sizeOf(id)
    removeSnapshot(disk, directory, id)
  }
}

/** Of the last record that is in a snapshot; the beginning of time where it does not say. */
function lastTimestamp(disk: Disk, directory: string, id: SnapshotId): number {
  try {
    for (const batch of batchesIn(disk.readFile(snapshotPath(directory, id)) ?? Buffer.alloc(0))) {
      const record = controlRecordOf(batch)
      return record?.type === 'SNAPSHOT_HEADER' ? record.lastContainedLogTimestamp : 0
    }
  } catch (error) {
    if (!(error instanceof MalformedBytes)) throw error
  }
  return 0
}
