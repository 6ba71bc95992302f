import { varintSize } from '../bytes/varint.js'
import { BATCH_OVERHEAD_BYTES, NO_TIMESTAMP } from './layout.js'
import { recordBodySize, writeRecord } from './record.js'

export interface RecordInput {
  /** Milliseconds since 1970; -1 for none. */
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: readonly { readonly key: string; readonly value: Uint8Array | null }[]
  /** From the batch's base offset; its place in the list if left out. */
  readonly offsetDelta?: number
}

/** Records as they lie in a batch, and what its header says of them. */
export interface PackedRecords {
  /** Room for the header, then the records. */
  readonly batch: Buffer
  readonly count: number
  readonly lastOffsetDelta: number
  readonly baseTimestamp: number
  readonly greatestTimestamp: number
}

const NO_HEADERS: NonNullable<RecordInput['headers']> = []
/** Lengths, deltas and a header or two. */
const RECORD_EXTRA_BYTES = 32

/** Takes the records one by one, so that a sequence may be longer than what is held in memory. */
export function packRecords(records: Iterable<RecordInput>, givenBaseTimestamp: number | null): PackedRecords {
  let batch: Buffer = Buffer.allocUnsafe(sizeHint(records))
  let position = BATCH_OVERHEAD_BYTES
  let count = 0
  let lastOffsetDelta = -1
  let baseTimestamp = givenBaseTimestamp
  let greatestTimestamp = NO_TIMESTAMP
  for (const { timestamp, key, value, headers = NO_HEADERS, offsetDelta = count } of records) {
    baseTimestamp ??= timestamp
    const parts = { timestampDelta: timestamp - baseTimestamp, offsetDelta, key, value, headers }
    const bodySize = recordBodySize(parts)
    const end = position + varintSize(bodySize) + bodySize
    if (end > batch.length) batch = grown(batch, position, end)
    position = writeRecord(batch, position, parts, bodySize)
    if (timestamp > greatestTimestamp) greatestTimestamp = timestamp
    lastOffsetDelta = offsetDelta
    count++
  }
  return {
    batch: batch.subarray(0, position),
    count,
    lastOffsetDelta,
    baseTimestamp: baseTimestamp ?? NO_TIMESTAMP,
    greatestTimestamp,
  }
}

function sizeHint(records: Iterable<RecordInput>): number {
  let size = BATCH_OVERHEAD_BYTES
  if (!Array.isArray(records)) return size + 1024
  for (const { key, value } of records as readonly RecordInput[])
    size += RECORD_EXTRA_BYTES + (key?.length ?? 0) + (value?.length ?? 0)
  return size
}

function grown(batch: Buffer, used: number, needed: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(needed, batch.length * 2))
  batch.copy(larger, 0, 0, used)
  return larger
}
