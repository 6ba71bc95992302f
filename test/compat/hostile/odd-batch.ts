import { crc32c } from '../../../src/bytes/crc32c.js'
import { compress } from '../../../src/records/compression.js'
import * as at from '../../../src/records/layout.js'

/** A record whose parts need not fit together: each is written as it stands. */
export interface OddRecord {
  /** Added to what the length in front truly is. */
  lengthLie: number
  attributes: number
  timestampDelta: bigint
  offsetDelta: bigint
  key: Buffer | null
  value: Buffer | null
  headers: { key: Buffer | null; value: Buffer | null }[]
  /** Instead of the true ones, of the key, of the value, of the headers. */
  keyLength: bigint | null
  valueLength: bigint | null
  headerCount: bigint | null
  /** After the last header, inside of the record's length. */
  rest: Buffer
  /** Which of its numbers takes so many bytes that have no meaning: by its place, 0 the length. */
  padded: { readonly place: number; readonly bytes: number } | null
}

export interface OddBatch {
  readonly records: OddRecord[]
  codec: number
  attributes: number
  baseTimestamp: bigint
  /** The greatest of the records' where null. */
  maxTimestamp: bigint | null
  producerId: bigint
  producerEpoch: number
  baseSequence: number
  /** As many as there are, and one less, where null. */
  count: number | null
  lastOffsetDelta: number | null
  /** What is done to the records before they are packed, and after it. */
  plain: ((bytes: Buffer) => Buffer)[]
  packed: ((bytes: Buffer) => Buffer)[]
  /** After the checksum has been made: to the whole. */
  whole: ((bytes: Buffer) => Buffer)[]
}

export function oddRecord(offsetDelta: number, key: Buffer | null, value: Buffer | null): OddRecord {
  return {
    ...{ lengthLie: 0, attributes: 0, timestampDelta: 0n, offsetDelta: BigInt(offsetDelta), key, value, headers: [] },
    ...{ keyLength: null, valueLength: null, headerCount: null, rest: Buffer.alloc(0), padded: null },
  }
}

export function oddBatch(records: OddRecord[], baseTimestamp: bigint): OddBatch {
  return {
    ...{ records, codec: 0, attributes: 0, baseTimestamp, maxTimestamp: null, count: null, lastOffsetDelta: null },
    ...{ producerId: -1n, producerEpoch: -1, baseSequence: -1, plain: [], packed: [], whole: [] },
  }
}

/** The bytes of a batch, written apart from klog's own builder. */
export function oddBytes(batch: OddBatch): Buffer {
  const { records, codec, baseTimestamp } = batch
  const plain = batch.plain.reduce<Buffer>((bytes, change) => change(bytes), Buffer.concat(records.map(recordBytes)))
  const codecName = at.CODECS[codec] ?? 'none'
  const packed = batch.packed.reduce<Buffer>((bytes, change) => change(bytes), Buffer.from(compress(codecName, plain)))
  const bytes = Buffer.concat([Buffer.alloc(at.BATCH_OVERHEAD_BYTES), packed])
  const greatest = records.reduce((most, { timestampDelta }) => (timestampDelta > most ? timestampDelta : most), 0n)
  const count = batch.count ?? records.length
  bytes.writeInt32BE(bytes.length - at.LENGTH_PREFIX_BYTES, at.BATCH_LENGTH)
  bytes.writeInt8(2, at.MAGIC)
  bytes.writeUInt16BE(batch.attributes | codec, at.ATTRIBUTES)
  bytes.writeInt32BE(batch.lastOffsetDelta ?? (count - 1) | 0, at.LAST_OFFSET_DELTA)
  bytes.writeBigInt64BE(BigInt.asIntN(64, baseTimestamp), at.BASE_TIMESTAMP)
  bytes.writeBigInt64BE(BigInt.asIntN(64, batch.maxTimestamp ?? baseTimestamp + greatest), at.MAX_TIMESTAMP)
  bytes.writeBigInt64BE(batch.producerId, at.PRODUCER_ID)
  bytes.writeInt16BE(batch.producerEpoch, at.PRODUCER_EPOCH)
  bytes.writeInt32BE(batch.baseSequence, at.BASE_SEQUENCE)
  bytes.writeInt32BE(count, at.RECORD_COUNT)
  return batch.whole.reduce<Buffer>((whole, change) => change(whole), withChecksum(bytes))
}

export function withChecksum(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(crc32c(bytes, at.ATTRIBUTES, bytes.length), at.CRC)
  return bytes
}

function recordBytes(record: OddRecord): Buffer {
  const { key, value, headers, padded } = record
  let place = 0
  const number = (value: bigint): Buffer => {
    place++
    return varint(value, padded?.place === place ? padded.bytes : 0)
  }
  const body = Buffer.concat([
    Buffer.from([record.attributes & 0xff]),
    number(record.timestampDelta),
    number(record.offsetDelta),
    number(record.keyLength ?? lengthOf(key)),
    key ?? Buffer.alloc(0),
    number(record.valueLength ?? lengthOf(value)),
    value ?? Buffer.alloc(0),
    number(record.headerCount ?? BigInt(headers.length)),
    ...headers.flatMap((header) => [
      number(lengthOf(header.key)),
      header.key ?? Buffer.alloc(0),
      number(lengthOf(header.value)),
      header.value ?? Buffer.alloc(0),
    ]),
    record.rest,
  ])
  const length = varint(BigInt(body.length + record.lengthLie), padded?.place === 0 ? padded.bytes : 0)
  return Buffer.concat([length, body])
}

function lengthOf(bytes: Buffer | null): bigint {
  return BigInt(bytes?.length ?? -1)
}

/** Zig-zag, of up to 64 bits; with so many bytes after it that say nothing. */
export function varint(value: bigint, padding = 0): Buffer {
  const bytes: number[] = []
  for (let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)); ; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn))
    if (rest < 0x80n) break
  }
  bytes.push(...Array.from({ length: padding }, () => 0))
  return Buffer.from(bytes.map((byte, place) => (place < bytes.length - 1 ? byte | 0x80 : byte)))
}
