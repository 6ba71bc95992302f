import type { Log } from '../base/log.js'
import { MalformedBytes } from '../bytes/malformed.js'
import { batchesIn, type RecordBatch } from '../records/batch.js'
import { controlRecordOf } from '../records/control.js'
import type { Partition } from './partition.js'

/** What takes in the records of a coordinator's topic, in the order of the log. */
export interface RecordSink {
  /** Returns the type of the record's key where that is not known. @throws MalformedBytes */
  replay(record: LoadedRecord): number | null
  /** The transaction of a producer that wrote into this topic has ended. */
  endTransaction(producerId: bigint, isCommit: boolean): void
}

export interface LoadedRecord {
  readonly key: Buffer
  readonly value: Buffer | null
  readonly offset: number
  /** Null outside of transactions. */
  readonly producerId: bigint | null
}

export interface LoadOptions {
  readonly sink: RecordSink
  readonly partition: Partition
  readonly log: Log
  /** Read at a time. */
  readonly bytesMax: number
  /** Whether to go on; asked between two reads. */
  readonly isWanted: () => boolean
}

/** Kafka's piece of 5 MB may be fifty thousand commits: to take them in at once would hold up everybody else. */
const SLICE_BYTES_MAX = 128 * 1024

/** Takes in a whole partition, in slices that leave the event loop free. Returns the count of records. */
export async function loadState(options: LoadOptions): Promise<number> {
  const { partition, log, isWanted, bytesMax } = options
  const { logEndOffset } = partition.log
  const sliceBytes = Math.min(bytesMax, SLICE_BYTES_MAX)
  const unknown = new Set<number>()
  let offset = partition.log.logStartOffset
  let count = 0
  while (offset < logEndOffset && isWanted()) {
    const read = partition.log.read(offset, sliceBytes, { endOffset: logEndOffset, minOneBatch: true })
    for (const chunk of read.chunks) {
      for (const batch of batchesIn(chunk)) {
        count += takeIn(options, batch, unknown)
        offset = batch.nextOffset
      }
    }
    read.release()
    if (read.chunks.length === 0) break
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (const keyType of unknown) log.warn(`Records with keys of type ${keyType} in ${partition.topic} are passed over`)
  return count
}

function takeIn({ sink, log, partition }: LoadOptions, batch: RecordBatch, unknown: Set<number>): number {
  const producerId = batch.isTransactional ? batch.producerId : null
  const marker = controlRecordOf(batch)
  if (marker !== null) {
    if (marker.type === 'COMMIT' || marker.type === 'ABORT') {
      sink.endTransaction(batch.producerId, marker.type === 'COMMIT')
    }
    return 0
  }
  let count = 0
  for (const { key, value, offset } of batch.records()) {
    if (key === null) continue
    try {
      const keyType = sink.replay({ key, value, offset, producerId })
      if (keyType !== null) unknown.add(keyType)
      count++
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      log.warn(
        `The record at offset ${offset} of ${partition.topic}-${partition.index} is passed over: ${error.message}`,
      )
    }
  }
  return count
}
