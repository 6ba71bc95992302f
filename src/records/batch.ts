import { crc32c } from '../bytes/crc32c.js'
import { MalformedBytes } from '../bytes/malformed.js'
import { int64At } from '../bytes/reader.js'
import { writeInt64At } from '../bytes/writer.js'
import type { UnpackingRoom } from './codecs/unpacking-room.js'
import { DECOMPRESSED_BYTES_MAX, decompress } from './compression.js'
import * as at from './layout.js'
import { type LogRecord, readRecords, sequenceAfter } from './record.js'

export { BATCH_OVERHEAD_BYTES, type Compression, NO_PRODUCER_ID, type TimestampType } from './layout.js'
export type { LogRecord, RecordHeader } from './record.js'

/** Where the records of a batch lie, as they are once unpacked. */
export interface Unpacked {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

/**
 * A view of one batch of format v2 whose base offset lies at `start` of `buffer`. The header must be there;
 * the rest only for `bytes`, `isCrcValid` and `records`, so that a log can be scanned by headers alone.
 */
export class RecordBatch {
  /** @throws MalformedBytes when the header is cut off, the magic is not 2, or the length cannot be. */
  constructor(
    readonly buffer: Buffer,
    readonly start = 0,
  ) {
    if (start + at.BATCH_OVERHEAD_BYTES > buffer.length) throw new MalformedBytes('the bytes end inside a batch header')
    if (this.magic !== 2) throw new MalformedBytes(`a batch of magic ${this.magic}`)
    if (this.sizeBytes < at.BATCH_OVERHEAD_BYTES) throw new MalformedBytes(`a batch of ${this.sizeBytes} bytes`)
  }

  get baseOffset(): number {
    return int64At(this.buffer, this.start + at.BASE_OFFSET)
  }

  /** Bytes after the length field. */
  get batchLength(): number {
    return this.buffer.readInt32BE(this.start + at.BATCH_LENGTH)
  }

  /** Bytes of the whole batch. */
  get sizeBytes(): number {
    return at.LENGTH_PREFIX_BYTES + this.batchLength
  }

  get partitionLeaderEpoch(): number {
    return this.buffer.readInt32BE(this.start + at.LEADER_EPOCH)
  }

  get magic(): number {
    return this.buffer.readInt8(this.start + at.MAGIC)
  }

  get crc(): number {
    return this.buffer.readUInt32BE(this.start + at.CRC)
  }

  get attributes(): number {
    return this.buffer.readInt16BE(this.start + at.ATTRIBUTES)
  }

  /** The codec's number, 0 to 7; 5 to 7 mean nothing. */
  get compressionId(): number {
    return this.attributes & at.CODEC_MASK
  }

  get compression(): at.Compression | 'unknown' {
    return at.CODECS[this.compressionId] ?? 'unknown'
  }

  get timestampType(): at.TimestampType {
    return this.attributes & at.LOG_APPEND_TIME_BIT ? 'LogAppendTime' : 'CreateTime'
  }

  get isTransactional(): boolean {
    return (this.attributes & at.TRANSACTIONAL_BIT) !== 0
  }

  get isControl(): boolean {
    return (this.attributes & at.CONTROL_BIT) !== 0
  }

  /** When compaction may drop the tombstones and markers of this batch; null until it has met them once. */
  get deleteHorizonMs(): number | null {
    return this.attributes & at.DELETE_HORIZON_BIT ? this.baseTimestamp : null
  }

  get lastOffsetDelta(): number {
    return this.buffer.readInt32BE(this.start + at.LAST_OFFSET_DELTA)
  }

  get lastOffset(): number {
    return this.baseOffset + this.lastOffsetDelta
  }

  get nextOffset(): number {
    return this.lastOffset + 1
  }

  /** What the records' timestamps are relative to; the delete horizon where there is one. */
  get baseTimestamp(): number {
    return int64At(this.buffer, this.start + at.BASE_TIMESTAMP)
  }

  get maxTimestamp(): number {
    return int64At(this.buffer, this.start + at.MAX_TIMESTAMP)
  }

  get producerId(): bigint {
    return this.buffer.readBigInt64BE(this.start + at.PRODUCER_ID)
  }

  /** A producer id is one from 0 up. */
  get hasProducerId(): boolean {
    return this.buffer.readInt8(this.start + at.PRODUCER_ID) >= 0
  }

  get producerEpoch(): number {
    return this.buffer.readInt16BE(this.start + at.PRODUCER_EPOCH)
  }

  get baseSequence(): number {
    return this.buffer.readInt32BE(this.start + at.BASE_SEQUENCE)
  }

  get lastSequence(): number {
    return sequenceAfter(this.baseSequence, this.lastOffsetDelta)
  }

  get recordCount(): number {
    return this.buffer.readInt32BE(this.start + at.RECORD_COUNT)
  }

  get isWhole(): boolean {
    return this.start + this.sizeBytes <= this.buffer.length
  }

  /** The whole batch, as a view. @throws MalformedBytes when its end is not there. */
  bytes(): Buffer {
    if (!this.isWhole) throw new MalformedBytes(`a batch of ${this.sizeBytes} bytes is cut short`)
    if (this.start === 0 && this.sizeBytes === this.buffer.length) return this.buffer
    return this.buffer.subarray(this.start, this.start + this.sizeBytes)
  }

  isCrcValid(): boolean {
    return this.isWhole && this.crc === this.#computeCrc()
  }

  #computeCrc(): number {
    return crc32c(this.buffer, this.start + at.ATTRIBUTES, this.start + this.sizeBytes)
  }

  /**
   * The records in order; compressed ones are unpacked first, into at most `decompressedBytesMax` bytes.
   * The checksum is not looked at. @throws MalformedBytes, also in the middle, where they are not what they say.
   */
  records(decompressedBytesMax = DECOMPRESSED_BYTES_MAX): Iterable<LogRecord> {
    if (this.recordCount < 0) throw new MalformedBytes(`a batch of ${this.recordCount} records`)
    const { bytes, start, end } = this.unpacked(decompressedBytesMax)
    return readRecords(bytes, start, end, this.recordCount, {
      offset: this.baseOffset,
      timestamp: this.baseTimestamp,
      logAppendTimeMs: this.timestampType === 'LogAppendTime' ? this.maxTimestamp : null,
      sequence: this.baseSequence,
    })
  }

  /** Where the records lie once unpacked: in this buffer, or in the `room`, a new one if left out. @throws MalformedBytes */
  unpacked(decompressedBytesMax: number, room?: UnpackingRoom): Unpacked {
    const end = this.start + this.sizeBytes
    if (end > this.buffer.length) throw new MalformedBytes(`a batch of ${this.sizeBytes} bytes is cut short`)
    const start = this.start + at.BATCH_OVERHEAD_BYTES
    const { compression } = this
    if (compression === 'none') return { bytes: this.buffer, start, end }
    if (compression === 'unknown') throw new MalformedBytes(`a batch of unknown compression ${this.compressionId}`)
    const bytes = decompress(compression, this.buffer.subarray(start, end), decompressedBytesMax, room)
    return { bytes, start: 0, end: bytes.length }
  }

  /** In place; the checksum does not cover it. */
  setBaseOffset(offset: number): void {
    writeInt64At(this.buffer, this.start + at.BASE_OFFSET, offset)
  }

  /** In place; the checksum does not cover it. */
  setPartitionLeaderEpoch(epoch: number): void {
    this.buffer.writeInt32BE(epoch, this.start + at.LEADER_EPOCH)
  }

  /**
   * Says in place when the batch was made, with a new checksum. Where nothing changes, nothing is written;
   * otherwise attribute bits without meaning are cleared too, as Kafka does.
   */
  setMaxTimestamp(type: at.TimestampType, timestamp: number | bigint): void {
    const position = this.start + at.MAX_TIMESTAMP
    const isSame =
      typeof timestamp === 'bigint'
        ? this.buffer.readBigInt64BE(position) === timestamp
        : this.maxTimestamp === timestamp
    if (isSame && this.timestampType === type) return
    const kept = this.attributes & at.ATTRIBUTES_MASK & ~at.LOG_APPEND_TIME_BIT
    this.buffer.writeInt16BE(kept | (type === 'LogAppendTime' ? at.LOG_APPEND_TIME_BIT : 0), this.start + at.ATTRIBUTES)
    if (typeof timestamp === 'bigint') this.buffer.writeBigInt64BE(timestamp, position)
    else writeInt64At(this.buffer, position, timestamp)
    this.buffer.writeUInt32BE(this.#computeCrc(), this.start + at.CRC)
  }
}

/**
 * The batches from `start` to `end`, stopping before one that is cut short.
 * @throws MalformedBytes where a length or magic cannot be.
 */
export function* batchesIn(buffer: Buffer, start = 0, end = buffer.length): Generator<RecordBatch, void, undefined> {
  let position = start
  while (end - position >= at.BATCH_OVERHEAD_BYTES) {
    const batch = new RecordBatch(buffer, position)
    const next = position + batch.sizeBytes
    if (next > end) return
    yield batch
    position = next
  }
}
