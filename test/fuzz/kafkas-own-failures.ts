import { Reader } from '../../src/bytes/reader.js'
import { readRequest } from '../../src/protocol/codec.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { ListOffsets } from '../../src/protocol/messages/list-offsets.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { readRequestHeader } from '../../src/protocol/request-header.js'
import type { ReadRequest } from '../../src/protocol/schema.js'
import { RecordBatch } from '../../src/records/batch.js'
import { BATCH_LENGTH, BATCH_OVERHEAD_BYTES, LENGTH_PREFIX_BYTES, RECORD_COUNT } from '../../src/records/layout.js'

const SIZE_MAX = 2 ** 31 - 1
const READ_COMMITTED = 1

/**
 * Whether Apache Kafka, too, answers a request with UNKNOWN_SERVER_ERROR, so that this is no failure of ours: where it trips
 * over an isolation level that there is not, over a limit below zero, or over a batch, as `npm run compat -- hostile` proves of batches by the thousand.
 */
export function failsInKafka(request: Buffer): boolean {
  const key = request.readInt16BE(0)
  const reader = new Reader(request)
  const { apiVersion } = readRequestHeader(reader)
  if (key === Fetch.key) return tripsOverFetch(readRequest(Fetch, apiVersion, reader))
  if (key === ListOffsets.key) return !isLevel(readRequest(ListOffsets, apiVersion, reader).isolationLevel)
  if (key !== Produce.key) return false
  const { topicData } = readRequest(Produce, apiVersion, reader)
  return topicData.some(({ partitionData }) => partitionData.some(({ records }) => mayTripOver(records)))
}

function tripsOverFetch({ isolationLevel, maxBytes, topics }: ReadRequest<typeof Fetch>): boolean {
  const limits = [maxBytes, ...topics.flatMap(({ partitions }) => partitions.map((one) => one.partitionMaxBytes))]
  return !isLevel(isolationLevel) || limits.some((limit) => limit < 0)
}

function isLevel(isolationLevel: number): boolean {
  return isolationLevel >= 0 && isolationLevel <= READ_COMMITTED
}

function mayTripOver(records: Buffer | null): boolean {
  if (records === null || records.length < LENGTH_PREFIX_BYTES) return false
  const sizeBytes = LENGTH_PREFIX_BYTES + records.readInt32BE(BATCH_LENGTH)
  if (sizeBytes > SIZE_MAX || sizeBytes < RECORD_COUNT) return true
  if (records.length < BATCH_OVERHEAD_BYTES || records.length < sizeBytes) return false
  // Something after it whose size overflows.
  if (records.length >= sizeBytes + LENGTH_PREFIX_BYTES)
    return LENGTH_PREFIX_BYTES + records.readInt32BE(sizeBytes + BATCH_LENGTH) > SIZE_MAX
  const batch = new RecordBatch(records)
  return cannotBePackedAnew(batch) || cannotBeNumbered(batch)
}

/** Where a frame has given the topic another compression. */
function cannotBePackedAnew({ producerId, producerEpoch, baseSequence, isTransactional }: RecordBatch): boolean {
  return producerId === -1n ? isTransactional : producerEpoch === -1 || baseSequence < 0
}

/** Packed, and cannot be unpacked, or with other offsets than 0, 1, 2 …; or of a time before there was any. */
function cannotBeNumbered(batch: RecordBatch): boolean {
  try {
    let next = batch.baseOffset
    for (const { offset, timestamp } of batch.records()) {
      if (timestamp < -1 || (batch.compression !== 'none' && offset !== next)) return true
      next++
    }
    return false
  } catch {
    return batch.compression !== 'none'
  }
}
