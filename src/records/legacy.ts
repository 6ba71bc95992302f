import { crc32 } from '../bytes/crc32.js'
import { MalformedBytes } from '../bytes/malformed.js'
import { int64At, Reader } from '../bytes/reader.js'
import { type LogRecord, RecordBatch } from './batch.js'
import { withRightHeaderChecksum } from './codecs/lz4-legacy.js'
import { DECOMPRESSED_BYTES_MAX, decompress } from './compression.js'
import {
  CODEC_MASK,
  CODECS,
  type Compression,
  LENGTH_PREFIX_BYTES,
  LOG_APPEND_TIME_BIT,
  MAGIC,
  MAGIC_PREFIX_BYTES,
  NO_SEQUENCE,
  NO_TIMESTAMP,
  type TimestampType,
} from './layout.js'

const LENGTH = 8
const CRC = 12
const ATTRIBUTES = 17
const TIMESTAMP = 18

/** Sizes of a message without key and value, by magic. */
const OVERHEAD_BYTES = [26, 34] as const

/** A message of an old format has a checksum of its own, inside a compressed one too. */
export interface LegacyRecord extends LogRecord {
  readonly crc: number
  readonly isCrcValid: boolean
}

/**
 * An entry of message format v0 or v1, as logs that old brokers wrote still have them: one message, or a compressed
 * one around several. For reading only; no client may send them any more.
 */
export class LegacyBatch {
  /** @throws MalformedBytes when the entry is cut short or its length cannot be. */
  constructor(
    readonly buffer: Buffer,
    readonly start = 0,
  ) {
    if (start + MAGIC_PREFIX_BYTES > buffer.length) throw new MalformedBytes('the bytes end inside a message header')
    const overhead = OVERHEAD_BYTES[this.magic]
    if (overhead === undefined) throw new MalformedBytes(`a message of magic ${this.magic}`)
    if (this.sizeBytes < overhead) throw new MalformedBytes(`a message of ${this.sizeBytes} bytes`)
    if (start + this.sizeBytes > buffer.length) throw new MalformedBytes('a message is cut short')
  }

  get magic(): number {
    return this.buffer.readInt8(this.start + MAGIC)
  }

  get sizeBytes(): number {
    return LENGTH_PREFIX_BYTES + this.buffer.readInt32BE(this.start + LENGTH)
  }

  /** Of the last message, where several are inside. */
  get lastOffset(): number {
    return int64At(this.buffer, this.start)
  }

  get nextOffset(): number {
    return this.lastOffset + 1
  }

  /** Of the first message: a compressed entry has to be unpacked for it. @throws MalformedBytes */
  get baseOffset(): number {
    if (this.compression === 'none') return this.lastOffset
    for (const record of this.records()) return record.offset
    return this.lastOffset
  }

  get crc(): number {
    return this.buffer.readUInt32BE(this.start + CRC)
  }

  isCrcValid(): boolean {
    return this.crc === crc32(this.buffer, this.start + MAGIC, this.start + this.sizeBytes)
  }

  get attributes(): number {
    return this.buffer[this.start + ATTRIBUTES]!
  }

  get compression(): Compression | 'unknown' {
    return CODECS[this.attributes & CODEC_MASK] ?? 'unknown'
  }

  /** Null for v0, which knows no time. */
  get timestampType(): TimestampType | null {
    if (this.magic === 0) return null
    return this.attributes & LOG_APPEND_TIME_BIT ? 'LogAppendTime' : 'CreateTime'
  }

  /** -1 for v0. */
  get maxTimestamp(): number {
    return this.magic === 0 ? NO_TIMESTAMP : int64At(this.buffer, this.start + TIMESTAMP)
  }

  /** The message, or the messages inside. @throws MalformedBytes */
  records(decompressedBytesMax = DECOMPRESSED_BYTES_MAX): Iterable<LegacyRecord> {
    const outer = this.#message()
    const { compression } = this
    if (compression === 'none') return [outer]
    if (compression === 'unknown' || compression === 'zstd')
      throw new MalformedBytes(`a message of magic ${this.magic} and compression ${this.attributes & CODEC_MASK}`)
    if (outer.value === null) throw new MalformedBytes('a compressed message without a value')
    const packed = compression === 'lz4' && this.magic === 0 ? withRightHeaderChecksum(outer.value) : outer.value
    return this.#inside(decompress(compression, packed, decompressedBytesMax))
  }

  #message(): LegacyRecord {
    const reader = new Reader(this.buffer, this.start + TIMESTAMP, this.start + this.sizeBytes)
    const timestamp = this.magic === 0 ? NO_TIMESTAMP : reader.int64()
    const key = readBytes(reader)
    const value = readBytes(reader)
    const checksum = { crc: this.crc, isCrcValid: this.isCrcValid() }
    return { offset: this.lastOffset, timestamp, key, value, headers: [], sequence: NO_SEQUENCE, ...checksum }
  }

  #inside(bytes: Buffer): LegacyRecord[] {
    const records: LegacyRecord[] = []
    for (let position = 0; position < bytes.length; ) {
      const message = new LegacyBatch(bytes, position)
      if (message.magic !== this.magic || message.compression !== 'none')
        throw new MalformedBytes('a message inside another is of another kind')
      records.push(message.#message())
      position += message.sizeBytes
    }
    const last = records.at(-1)
    if (last === undefined) throw new MalformedBytes('a compressed message with nothing inside')
    // From v1 on the offsets inside count from 0, and the entry's own offset is that of the last message.
    const shift = this.magic === 0 ? 0 : this.lastOffset - last.offset
    const time = this.timestampType === 'LogAppendTime' ? { timestamp: this.maxTimestamp } : {}
    return records.map((record) => ({ ...record, ...time, offset: record.offset + shift }))
  }
}

function readBytes(reader: Reader): Buffer | null {
  const length = reader.int32()
  return length < 0 ? null : reader.bytes(length)
}

/**
 * Everything from `start` to `end` in whatever format, stopping before an entry that is cut short: for tools that
 * read logs of any age. @throws MalformedBytes where a length or magic cannot be.
 */
export function* entriesIn(
  buffer: Buffer,
  start = 0,
  end = buffer.length,
): Generator<RecordBatch | LegacyBatch, void, undefined> {
  let position = start
  while (end - position >= MAGIC_PREFIX_BYTES) {
    const size = LENGTH_PREFIX_BYTES + buffer.readInt32BE(position + LENGTH)
    if (size < OVERHEAD_BYTES[0]) throw new MalformedBytes(`an entry of ${size} bytes`)
    if (size > end - position) return
    yield buffer.readInt8(position + MAGIC) === 2
      ? new RecordBatch(buffer, position)
      : new LegacyBatch(buffer, position)
    position += size
  }
}
