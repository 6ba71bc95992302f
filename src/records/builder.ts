import { crc32c } from '../bytes/crc32c.js'
import { varintSize } from '../bytes/varint.js'
import { writeInt64At } from '../bytes/writer.js'
import { compress } from './compression.js'
import * as at from './layout.js'
import { type RecordParts, recordBodySize, writeRecord } from './record.js'

export interface RecordInput {
  /** Milliseconds since 1970; -1 for none. */
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: readonly { readonly key: string; readonly value: Uint8Array | null }[]
  /** From the batch's base offset; its place in the list if left out. */
  readonly offsetDelta?: number
}

export interface BatchInput {
  readonly records: readonly RecordInput[]
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
  const baseTimestamp = input.deleteHorizonMs ?? input.records[0]?.timestamp ?? at.NO_TIMESTAMP
  const batch = packed(input, withRecords(input.records, baseTimestamp))
  const lastDelta = input.records.at(-1)?.offsetDelta ?? input.records.length - 1
  writeInt64At(batch, at.BASE_OFFSET, input.baseOffset ?? 0)
  batch.writeInt32BE(batch.length - at.LENGTH_PREFIX_BYTES, at.BATCH_LENGTH)
  batch.writeInt32BE(input.leaderEpoch ?? at.NO_LEADER_EPOCH, at.LEADER_EPOCH)
  batch.writeInt8(2, at.MAGIC)
  batch.writeInt16BE(attributesOf(input), at.ATTRIBUTES)
  batch.writeInt32BE(input.lastOffsetDelta ?? lastDelta, at.LAST_OFFSET_DELTA)
  writeInt64At(batch, at.BASE_TIMESTAMP, baseTimestamp)
  writeInt64At(batch, at.MAX_TIMESTAMP, input.maxTimestamp ?? greatestTimestamp(input.records))
  batch.writeBigInt64BE(input.producerId ?? at.NO_PRODUCER_ID, at.PRODUCER_ID)
  batch.writeInt16BE(input.producerEpoch ?? at.NO_PRODUCER_EPOCH, at.PRODUCER_EPOCH)
  batch.writeInt32BE(input.baseSequence ?? at.NO_SEQUENCE, at.BASE_SEQUENCE)
  batch.writeInt32BE(input.records.length, at.RECORD_COUNT)
  batch.writeUInt32BE(crc32c(batch, at.ATTRIBUTES), at.CRC)
  return batch
}

/** Room for the header, then the records as they are. */
function withRecords(records: readonly RecordInput[], baseTimestamp: number): Buffer {
  let size = at.BATCH_OVERHEAD_BYTES
  const bodySizes = new Array<number>(records.length)
  const all = records.map((record, index): RecordParts => {
    const parts = {
      timestampDelta: record.timestamp - baseTimestamp,
      offsetDelta: record.offsetDelta ?? index,
      key: record.key,
      value: record.value,
      headers: record.headers ?? [],
    }
    const bodySize = recordBodySize(parts)
    bodySizes[index] = bodySize
    size += varintSize(bodySize) + bodySize
    return parts
  })
  const batch = Buffer.allocUnsafe(size)
  let position = at.BATCH_OVERHEAD_BYTES
  for (let index = 0; index < all.length; index++) {
    position = writeRecord(batch, position, all[index]!, bodySizes[index]!)
  }
  return batch
}

function packed(input: BatchInput, plain: Buffer): Buffer {
  const { compression = 'none' } = input
  if (compression === 'none') return plain
  const payload = compress(compression, plain.subarray(at.BATCH_OVERHEAD_BYTES), input.level)
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

function greatestTimestamp(records: readonly RecordInput[]): number {
  let greatest = at.NO_TIMESTAMP
  for (const { timestamp } of records) if (timestamp > greatest) greatest = timestamp
  return greatest
}
