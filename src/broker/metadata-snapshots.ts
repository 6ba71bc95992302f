import type { Log } from '../base/log.js'
import { recordsOf } from '../cluster/image-records.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import type { Disk } from '../storage/disk.js'
import type { PartitionLog } from '../storage/partition-log.js'
import type { BrokerConfig } from './broker-config.js'
import { listSnapshots, removeSnapshot, writeSnapshot } from './metadata-snapshot.js'

/** The last one may turn out to be damaged. */
const SNAPSHOTS_KEPT = 2

/** Writes the image down now and then, so that a start need not go through the whole log, nor the log be kept for good. */
export class MetadataSnapshots {
  #bytesSinceLast = 0

  constructor(
    readonly disk: Disk,
    readonly log: PartitionLog,
    readonly config: BrokerConfig,
    readonly lines: Log,
  ) {}

  /** To be called after `bytes` of the log were applied, with the image that has them; null where none may be written now. */
  written(bytes: number, image: MetadataImage | null, timestamp: number): void {
    this.#bytesSinceLast += bytes
    if (image === null) return
    if (this.#bytesSinceLast < this.config.long('metadata.log.max.record.bytes.between.snapshots')) return
    this.#bytesSinceLast = 0
    try {
      this.#take(image, timestamp)
    } catch (error) {
      // Everything is in the log all the same.
      const reason = error instanceof Error ? error.message : String(error)
      this.lines.warn(`No snapshot of the metadata could be written: ${reason}`)
    }
  }

  #take(image: MetadataImage, timestamp: number): void {
    const id = { endOffset: image.offset + 1, epoch: image.epoch }
    const times = { timestamp, lastContainedTimestamp: timestamp }
    writeSnapshot(this.disk, this.log.directory, id, recordsOf(image), times)
    this.#forgetOld()
  }

  #forgetOld(): void {
    const { disk, log, config } = this
    const all = listSnapshots(disk, log.directory)
    for (const id of all.slice(0, -SNAPSHOTS_KEPT)) removeSnapshot(disk, log.directory, id)
    const oldest = all.at(-SNAPSHOTS_KEPT)
    const isTooLarge = log.sizeBytes > config.long('metadata.max.retention.bytes')
    if (isTooLarge && oldest !== undefined) log.deleteRecordsTo(oldest.endOffset)
  }
}
