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

export interface Replayed {
  readonly image: MetadataImage
  /** No metadata has ever been written. */
  readonly isEmpty: boolean
  /** The log ends in a transaction whose end was never written: its records do not count. */
  readonly isInTransaction: boolean
}

/** The image of everything in the log: the newest snapshot, and the records behind it. @throws MalformedBytes */
export function replay(disk: Disk, log: PartitionLog): Replayed {
  let image = newestSnapshot(disk, log.directory)
  const start = image.offset + 1
  if (start < log.logStartOffset)
    throw new MalformedBytes(`it begins at ${log.logStartOffset}, and no snapshot goes so far`)
  const transaction = new RecordTransaction()
  const committed: MetadataRecord[] = []
  let epoch = image.epoch
  for (let offset = start; offset < log.writtenEndOffset; ) {
    const read = log.read(offset, READ_BYTES, { endOffset: log.writtenEndOffset, minOneBatch: true })
    for (const batch of batchesIn(Buffer.concat(read.chunks))) {
      if (batch.lastOffset < start) continue
      epoch = batch.partitionLeaderEpoch
      for (const record of metadataRecordsOf(batch)) committed.push(...transaction.take(record))
    }
    read.release()
    if (read.nextOffset <= offset) break
    offset = read.nextOffset
  }
  image = image.apply(committed, { offset: Math.max(image.offset, log.writtenEndOffset - 1), epoch })
  return { image, isEmpty: image.features.size === 0, isInTransaction: transaction.isOpen }
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
