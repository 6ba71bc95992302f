import { MalformedBytes } from '../bytes/malformed.js'
import { Reader } from '../bytes/reader.js'
import { varintSize, varlongSize, writeVarintAt, writeVarlongAt } from '../bytes/varint.js'
import { NO_SEQUENCE } from './layout.js'

export interface RecordHeader {
  readonly key: string
  readonly value: Buffer | null
}

/** One record of a batch, with its absolute offset and timestamp. Key and values are views of the batch. */
export interface LogRecord {
  readonly offset: number
  /** Milliseconds since 1970; -1 for none. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
  /** -1 where the batch has no producer. */
  readonly sequence: number
}

/** What the records of one batch are relative to. */
export interface RecordBase {
  readonly offset: number
  readonly timestamp: number
  /** Set for LogAppendTime: then it is the timestamp of every record. */
  readonly logAppendTimeMs: number | null
  readonly sequence: number
}

/**
 * The `count` records that lie in `bytes` from `start` to `end`, with nothing after them.
 * @throws MalformedBytes where a record does not fill its length, or the records do not fill the space.
 */
export function* readRecords(
  bytes: Buffer,
  start: number,
  end: number,
  count: number,
  base: RecordBase,
): Generator<LogRecord, void, undefined> {
  const reader = new Reader(bytes, start, end)
  for (let left = count; left > 0; left--) yield readRecord(reader, base)
  if (reader.remaining > 0) throw new MalformedBytes(`${reader.remaining} bytes are left after the last record`)
}

function readRecord(reader: Reader, base: RecordBase): LogRecord {
  const length = reader.varint()
  const start = reader.position
  if (length < 0 || length > reader.remaining)
    throw new MalformedBytes(`a record of ${length} bytes where ${reader.remaining} are left`)
  reader.int8()
  const timestamp = base.timestamp + reader.varlong()
  const offsetDelta = reader.varint()
  const key = readBytes(reader)
  const value = readBytes(reader)
  const headers = readHeaders(reader)
  if (reader.position - start !== length)
    throw new MalformedBytes(`a record of ${length} bytes holds ${reader.position - start}`)
  return {
    offset: base.offset + offsetDelta,
    timestamp: base.logAppendTimeMs ?? timestamp,
    key,
    value,
    headers,
    sequence: sequenceAfter(base.sequence, offsetDelta),
  }
}

/** Any negative length is null, as Kafka reads it. */
function readBytes(reader: Reader): Buffer | null {
  const length = reader.varint()
  return length < 0 ? null : reader.bytes(length)
}

const NO_HEADERS: readonly RecordHeader[] = []

function readHeaders(reader: Reader): readonly RecordHeader[] {
  const count = reader.varint()
  if (count === 0) return NO_HEADERS
  if (count < 0 || count > reader.remaining)
    throw new MalformedBytes(`${count} headers where ${reader.remaining} bytes are left`)
  const headers: RecordHeader[] = []
  for (let left = count; left > 0; left--) {
    const keyLength = reader.varint()
    if (keyLength < 0) throw new MalformedBytes('a header without a key')
    headers.push({ key: reader.text(keyLength), value: readBytes(reader) })
  }
  return headers
}

/** The sequence `delta` after `base`: after 2^31 - 1 comes 0, and none stays none. */
export function sequenceAfter(base: number, delta: number): number {
  if (base < 0) return NO_SEQUENCE
  const sequence = base + delta
  return sequence > 0x7fffffff ? sequence - 2 ** 31 : sequence
}

/** A record to be written; its place and time are relative to the batch. */
export interface RecordParts {
  readonly timestampDelta: number
  readonly offsetDelta: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly { readonly key: string; readonly value: Uint8Array | null }[]
}

/** Bytes of the record without its own length in front. */
export function recordBodySize(record: RecordParts): number {
  let size = 1 + varlongSize(record.timestampDelta) + varintSize(record.offsetDelta)
  size += sizeWithLength(record.key) + sizeWithLength(record.value) + varintSize(record.headers.length)
  for (const { key, value } of record.headers) {
    const keyLength = Buffer.byteLength(key)
    size += varintSize(keyLength) + keyLength + sizeWithLength(value)
  }
  return size
}

function sizeWithLength(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length
}

/** Writes a record whose body has `bodySize` bytes and returns the position after it. */
export function writeRecord(buffer: Buffer, position: number, record: RecordParts, bodySize: number): number {
  let at = writeVarintAt(buffer, position, bodySize)
  buffer[at++] = 0
  at = writeVarlongAt(buffer, at, record.timestampDelta)
  at = writeVarintAt(buffer, at, record.offsetDelta)
  at = writeBytes(buffer, at, record.key)
  at = writeBytes(buffer, at, record.value)
  at = writeVarintAt(buffer, at, record.headers.length)
  for (const { key, value } of record.headers) {
    const keyLength = Buffer.byteLength(key)
    at = writeVarintAt(buffer, at, keyLength)
    at += buffer.write(key, at, keyLength, 'utf8')
    at = writeBytes(buffer, at, value)
  }
  return at
}

function writeBytes(buffer: Buffer, position: number, bytes: Uint8Array | null): number {
  if (bytes === null) return writeVarintAt(buffer, position, -1)
  const at = writeVarintAt(buffer, position, bytes.length)
  buffer.set(bytes, at)
  return at + bytes.length
}
