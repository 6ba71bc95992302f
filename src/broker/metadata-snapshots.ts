import type { Log } from '../base/log.js'
import { recordsOf } from '../cluster/image-records.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import type { KRaftControlRecord } from '../records/control.js'
import type { Disk } from '../storage/disk.js'
import type { PartitionLog } from '../storage/partition-log.js'
import type { BrokerConfig } from './broker-config.js'
import { forgetOldMetadata } from './metadata-retention.js'
import { writeSnapshot } from './metadata-snapshot.js'

export interface MetadataSnapshotsOptions {
  readonly disk: Disk
  readonly log: PartitionLog
  readonly config: BrokerConfig
  readonly lines: Log
  /** What is to be said of the voters in a snapshot that goes up to there. */
  readonly voterRecordsAt: (offset: number) => readonly KRaftControlRecord[]
}

/** Writes the image down now and then, so that a start need not go through the whole log, nor the log be kept for good. */
export class MetadataSnapshots {
  #bytesSinceLast = 0
  /** The last snapshot, or the first write of this run. */
  #lastMs: number | null = null

  constructor(readonly options: MetadataSnapshotsOptions) {}

  /** To be called after `bytes` of the log were applied, with the image that has them; null where none may be written now. */
  written(bytes: number, image: MetadataImage | null, timestamp: number): void {
    this.#bytesSinceLast += bytes
    this.#lastMs ??= timestamp
    if (image === null || !this.#isDue(timestamp)) return
    this.#bytesSinceLast = 0
    this.#lastMs = timestamp
    try {
      this.#take(image, timestamp)
    } catch (error) {
      // Everything is in the log all the same.
      const reason = error instanceof Error ? error.message : String(error)
      this.options.lines.warn(`No snapshot of the metadata could be written: ${reason}`)
    }
  }

  #isDue(timestamp: number): boolean {
    const intervalMs = this.options.config.long('metadata.log.max.snapshot.interval.ms')
    const isLate = intervalMs > 0 && timestamp - this.#lastMs! >= intervalMs
    return isLate || this.#bytesSinceLast >= this.options.config.long('metadata.log.max.record.bytes.between.snapshots')
  }

  #take(image: MetadataImage, timestamp: number): void {
    const { disk, log, config, voterRecordsAt } = this.options
    const id = { endOffset: image.offset + 1, epoch: image.epoch }
    const head = { timestamp, lastContainedTimestamp: timestamp, voters: voterRecordsAt(image.offset) }
    writeSnapshot(disk, log.directory, id, recordsOf(image), head)
    forgetOldMetadata({ disk, log, config, nowMs: timestamp })
  }
}
