import { MalformedBytes } from '../bytes/malformed.js'
import { MetadataImage } from '../cluster/metadata-image.js'
import { RecordTransaction } from '../cluster/record-transaction.js'
import type { MetadataRecord } from '../cluster/records.js'
import { batchesIn } from '../records/batch.js'
import type { Disk } from '../storage/disk.js'
import type { PartitionLog } from '../storage/partition-log.js'
import { metadataRecordsOf } from './metadata-records.js'
import { listSnapshots, readSnapshot } from './metadata-snapshot.js'

const READ_BYTES = 1024 * 1024

/** Records whose place in the log is known without reading it. */
export interface KnownRecords {
  readonly baseOffset: number
  readonly endOffset: number
  readonly records: readonly MetadataRecord[]
}

/** Makes the image of the log: the newest snapshot, and the committed records behind it, in the order of the log. */
export class MetadataReplay {
  #image: MetadataImage
  #endOffset: number
  #transaction = new RecordTransaction()

  /** @throws MalformedBytes where the log does not go back to a snapshot, or to its beginning */
  static open(disk: Disk, log: PartitionLog): MetadataReplay {
    return new MetadataReplay(disk, log)
  }

  private constructor(
    readonly disk: Disk,
    readonly log: PartitionLog,
  ) {
    this.#image = newestSnapshot(disk, log.directory)
    this.#endOffset = this.#image.offset + 1
    if (this.#endOffset < log.logStartOffset)
      throw new MalformedBytes(`it begins at ${log.logStartOffset}, and no snapshot goes so far`)
  }

  get image(): MetadataImage {
    return this.#image
  }

  /** Everything below it is in the image. */
  get endOffset(): number {
    return this.#endOffset
  }

  /** What was applied ends in a transaction whose end has not come: its records do not count yet. */
  get isInTransaction(): boolean {
    return this.#transaction.isOpen
  }

  /** Begins again with the newest snapshot. */
  restart(): void {
    this.#image = newestSnapshot(this.disk, this.log.directory)
    this.#endOffset = this.#image.offset + 1
    this.#transaction = new RecordTransaction()
  }

  /** Takes in what is below `highWatermark`; of `known` batches the log is not asked. @throws MalformedBytes */
  applyUpTo(highWatermark: number, epoch: number, known: readonly KnownRecords[]): void {
    const start = this.#endOffset
    if (highWatermark <= start) return
    const counting: MetadataRecord[] = []
    let lastEpoch = this.#image.epoch
    const take = (records: Iterable<MetadataRecord>, endOffset: number, ofEpoch: number): void => {
      for (const record of records) for (const one of this.#transaction.take(record)) counting.push(one)
      this.#endOffset = endOffset
      lastEpoch = ofEpoch
    }
    for (const batch of known) {
      this.#read(batch.baseOffset, take)
      take(batch.records, batch.endOffset, epoch)
    }
    this.#read(highWatermark, take)
    this.#image = this.#image.apply(counting, { offset: this.#endOffset - 1, epoch: lastEpoch })
  }

  /** Hands over the batches up to `endOffset`. */
  #read(endOffset: number, take: (records: Iterable<MetadataRecord>, endOffset: number, epoch: number) => void): void {
    const start = this.#endOffset
    for (let offset = start; offset < endOffset; ) {
      const read = this.log.read(offset, READ_BYTES, { endOffset, minOneBatch: true })
      for (const batch of batchesIn(Buffer.concat(read.chunks))) {
        if (batch.lastOffset >= start) take(metadataRecordsOf(batch), batch.nextOffset, batch.partitionLeaderEpoch)
      }
      read.release()
      if (read.nextOffset <= offset) break
      offset = read.nextOffset
    }
  }
}

/** A damaged snapshot is passed over: the log goes back to an older one, or has everything. */
function newestSnapshot(disk: Disk, directory: string): MetadataImage {
  for (const { endOffset, epoch } of listSnapshots(disk, directory).reverse()) {
    try {
      const records = readSnapshot(disk, directory, { endOffset, epoch })
      return MetadataImage.empty.apply(records, { offset: endOffset - 1, epoch })
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
    }
  }
  return MetadataImage.empty
}
