import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { recordsOf } from '../cluster/image-records.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import type { KRaftControlRecord } from '../records/control.js'
import type { Disk } from '../storage/disk.js'
import type { PartitionLog } from '../storage/partition-log.js'
import { inSlices } from '../storage/slices.js'
import type { BrokerConfig } from './broker-config.js'
import { forgetOldMetadata } from './metadata-retention.js'
import { snapshotSlices, writeSnapshot } from './metadata-snapshot.js'

export interface MetadataSnapshotsOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly log: PartitionLog
  readonly config: BrokerConfig
  readonly lines: Log
  /** What is to be said of the voters in a snapshot that goes up to there. */
  readonly voterRecordsAt: (offset: number) => readonly KRaftControlRecord[]
}

/** The snapshot of fewer takes a few milliseconds. */
const MANY_PARTITIONS = 1000
/** Some thousands of records. Each stop and start changes every partition twice. */
const WORTH_BYTES = 256 * 1024

/** Writes the image down now and then, so that a start need not go through the whole log, nor the log be kept for good. */
export class MetadataSnapshots {
  #bytesSinceLast = 0
  /** The last snapshot, or the first write of this run. */
  #lastMs: number | null = null
  #isTaking = false
  #isClosed = false

  constructor(readonly options: MetadataSnapshotsOptions) {}

  /** To be called after `bytes` of the log were applied, with the image that has them; null where none may be written now. */
  written(bytes: number, image: MetadataImage | null, timestamp: number): void {
    this.#bytesSinceLast += bytes
    this.#lastMs ??= timestamp
    if (image === null || this.#isTaking || !this.#isDue(timestamp)) return
    this.#bytesSinceLast = 0
    this.#lastMs = timestamp
    try {
      if (partitionsIn(image) < MANY_PARTITIONS) this.#take(image, timestamp)
      else void this.#takeInSlices(image, timestamp)
    } catch (error) {
      this.#tell(error)
    }
  }

  /** An orderly stop: the next start is spared what it would take long to read. */
  settle(image: MetadataImage | null, timestamp: number): void {
    if (image === null || this.#isTaking || this.#bytesSinceLast < WORTH_BYTES) return
    this.#bytesSinceLast = 0
    try {
      this.#take(image, timestamp)
    } catch (error) {
      this.#tell(error)
    }
  }

  /** What is being written is left unfinished. */
  close(): void {
    this.#isClosed = true
  }

  #isDue(timestamp: number): boolean {
    const intervalMs = this.options.config.long('metadata.log.max.snapshot.interval.ms')
    const isLate = intervalMs > 0 && timestamp - this.#lastMs! >= intervalMs
    return isLate || this.#bytesSinceLast >= this.options.config.long('metadata.log.max.record.bytes.between.snapshots')
  }

  #take(image: MetadataImage, timestamp: number): void {
    const { disk, log, config } = this.options
    const { id, head } = this.#placeOf(image, timestamp)
    writeSnapshot(disk, log.directory, id, recordsOf(image), head)
    forgetOldMetadata({ disk, log, config, nowMs: timestamp })
  }

  async #takeInSlices(image: MetadataImage, timestamp: number): Promise<void> {
    const { disk, log, config, clock } = this.options
    const { id, head } = this.#placeOf(image, timestamp)
    this.#isTaking = true
    try {
      const work = snapshotSlices(disk, log.directory, id, recordsOf(image), head)
      await inSlices(work, { clock, isOver: () => this.#isClosed })
      if (!this.#isClosed) forgetOldMetadata({ disk, log, config, nowMs: timestamp })
    } catch (error) {
      this.#tell(error)
    } finally {
      this.#isTaking = false
    }
  }

  #placeOf(image: MetadataImage, timestamp: number) {
    const voters = this.options.voterRecordsAt(image.offset)
    return {
      id: { endOffset: image.offset + 1, epoch: image.epoch },
      head: { timestamp, lastContainedTimestamp: timestamp, voters },
    }
  }

  /** Everything is in the log all the same. */
  #tell(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    this.options.lines.warn(`No snapshot of the metadata could be written: ${reason}`)
  }
}

function partitionsIn(image: MetadataImage): number {
  let count = 0
  for (const { partitions } of image.topics()) count += partitions.length
  return count
}
