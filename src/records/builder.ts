import { crc32c } from '../bytes/crc32c.js'
import { writeInt64At } from '../bytes/writer.js'
import { compress } from './compression.js'
import * as at from './layout.js'
import { packRecords, type RecordInput } from './packing.js'

export type { RecordInput } from './packing.js'

export interface BatchInput {
  readonly records: Iterable<RecordInput>
  /** 0 if left out, which is what a producer sends. */
  readonly baseOffset?: number
  /** -1 if left out. */
  readonly leaderEpoch?: number
  /** 'none' if left out. */
  readonly compression?: at.Compression
  /** Of the codec; its own default if left out. */
  readonly level?: number
  /** CreateTime if left out. */
  readonly timestampType?: at.TimestampType
  readonly producerId?: bigint
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly isTransactional?: boolean
  readonly isControl?: boolean
  readonly deleteHorizonMs?: number | null
  /** The last record's if left out; compaction keeps what the batch had. */
  readonly lastOffsetDelta?: number
  /** The greatest of the records' if left out; the time of appending for LogAppendTime. */
  readonly maxTimestamp?: number
}

/** One batch of format v2, checksum and all. */
export function buildBatch(input: BatchInput): Buffer {
  const packed = packRecords(input.records, input.deleteHorizonMs ?? null)
  const batch = compressed(packed.batch, input)
  writeInt64At(batch, at.BASE_OFFSET, input.baseOffset ?? 0)
  batch.writeInt32BE(batch.length - at.LENGTH_PREFIX_BYTES, at.BATCH_LENGTH)
  batch.writeInt32BE(input.leaderEpoch ?? at.NO_LEADER_EPOCH, at.LEADER_EPOCH)
  batch.writeInt8(2, at.MAGIC)
  batch.writeInt16BE(attributesOf(input), at.ATTRIBUTES)
  batch.writeInt32BE(input.lastOffsetDelta ?? packed.lastOffsetDelta, at.LAST_OFFSET_DELTA)
  writeInt64At(batch, at.BASE_TIMESTAMP, packed.baseTimestamp)
  writeInt64At(batch, at.MAX_TIMESTAMP, input.maxTimestamp ?? packed.greatestTimestamp)
  batch.writeBigInt64BE(input.producerId ?? at.NO_PRODUCER_ID, at.PRODUCER_ID)
  batch.writeInt16BE(input.producerEpoch ?? at.NO_PRODUCER_EPOCH, at.PRODUCER_EPOCH)
  batch.writeInt32BE(input.baseSequence ?? at.NO_SEQUENCE, at.BASE_SEQUENCE)
  batch.writeInt32BE(packed.count, at.RECORD_COUNT)
  batch.writeUInt32BE(crc32c(batch, at.ATTRIBUTES), at.CRC)
  return batch
}

function compressed(plain: Buffer, { compression = 'none', level }: BatchInput): Buffer {
  if (compression === 'none') return plain
  const payload = compress(compression, plain.subarray(at.BATCH_OVERHEAD_BYTES), level)
  const batch = Buffer.allocUnsafe(at.BATCH_OVERHEAD_BYTES + payload.length)
  payload.copy(batch, at.BATCH_OVERHEAD_BYTES)
  return batch
}

function attributesOf(input: BatchInput): number {
  return (
    at.CODECS.indexOf(input.compression ?? 'none') |
    (input.timestampType === 'LogAppendTime' ? at.LOG_APPEND_TIME_BIT : 0) |
    (input.isTransactional ? at.TRANSACTIONAL_BIT : 0) |
    (input.isControl ? at.CONTROL_BIT : 0) |
    (input.deleteHorizonMs != null ? at.DELETE_HORIZON_BIT : 0)
  )
}
