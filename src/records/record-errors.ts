import { MalformedBytes } from '../bytes/malformed.js'
import { Reader } from '../bytes/reader.js'
import { NO_TIMESTAMP, type TimestampType } from './layout.js'
import type { RecordError } from './refusal.js'

const INT64_MAX = 2n ** 63n - 1n
/** Kafka tells all; a small compressed batch can hold millions of bad records, and the answer has to be held in memory. */
const ERRORS_TOLD_MAX = 10_000

/** Records that have been walked already, where they lie, and what their batch says of their time. */
export interface UnpackedRecords {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  readonly count: number
  readonly baseTimestamp: bigint
  /** Null unless the batch says LogAppendTime; then the timestamp of every record. */
  readonly logAppendTime: bigint | null
}

export interface TimeRules {
  readonly timestampType: TimestampType
  /** Milliseconds; 2^53 - 1 and more stands for Kafka's Long.MAX_VALUE. */
  readonly beforeMaxMs: number
  readonly afterMaxMs: number
  readonly nowMs: number
}

interface RecordOutline {
  readonly offsetDelta: number
  /** All 64 bits: an absurd timestamp is told as it was sent. */
  readonly timestamp: bigint
  readonly keyLength: number
  readonly valueLength: number
}

/**
 * What is wrong with single records, in Kafka's words. Runs only when a walk has found that something may be.
 * `keylessText` is null where keys may be missing; `keepsPayload` says that Kafka would not unpack keys and values here.
 */
export function recordErrorsOf(
  records: UnpackedRecords,
  rules: TimeRules,
  keylessText: string | null,
  keepsPayload: boolean,
): { errors: RecordError[]; count: number; hasTimestampError: boolean } {
  const errors: RecordError[] = []
  let count = 0
  let hasTimestampError = false
  let batchIndex = 0
  for (const record of outlines(records)) {
    const isKeyless = keylessText !== null && record.keyLength < 0
    const message = isKeyless ? keylessText : timestampError(record, records, rules, keepsPayload)
    if (message !== null) {
      count++
      if (!isKeyless) hasTimestampError = true
      if (errors.length < ERRORS_TOLD_MAX) errors.push({ batchIndex, message })
    }
    batchIndex++
  }
  return { errors, count, hasTimestampError }
}

function timestampError(
  record: RecordOutline,
  records: UnpackedRecords,
  rules: TimeRules,
  keepsPayload: boolean,
): string | null {
  const { timestamp, offsetDelta } = record
  if (rules.timestampType === 'CreateTime' && timestamp !== BigInt(NO_TIMESTAMP)) {
    const now = BigInt(rules.nowMs)
    const before = longOf(rules.beforeMaxMs)
    const after = longOf(rules.afterMaxMs)
    const age = BigInt.asIntN(64, now - timestamp)
    if (age <= before && BigInt.asIntN(64, -age) <= after) return null
    const range = `[${BigInt.asIntN(64, now - before)}, ${BigInt.asIntN(64, now + after)}]`
    return `Timestamp ${timestamp} of message with offset ${offsetDelta} is out of range. The timestamp should be within ${range}`
  }
  if (records.logAppendTime === null) return null
  const shown = keepsPayload ? (length: number) => length : (length: number) => Math.max(length, 0)
  const kind = keepsPayload ? 'PartialDefaultRecord' : 'DefaultRecord'
  const text = `${kind}(offset=${offsetDelta}, timestamp=${timestamp}, key=${shown(record.keyLength)} bytes, value=${shown(record.valueLength)} bytes)`
  return `Invalid timestamp type in message ${text}. Producer should not set timestamp type to LogAppendTime.`
}

function longOf(ms: number): bigint {
  return ms >= Number.MAX_SAFE_INTEGER ? INT64_MAX : BigInt(ms)
}

/** The least and the greatest timestamp to the last bit, which may have run over; the greatest is -1 at least. */
export function timestampBits(records: UnpackedRecords): { readonly least: bigint; readonly greatest: bigint } {
  let least = INT64_MAX
  let greatest = BigInt(NO_TIMESTAMP)
  for (const { timestamp } of outlines(records)) {
    if (timestamp < least) least = timestamp
    if (timestamp > greatest) greatest = timestamp
  }
  return { least, greatest }
}

function* outlines(records: UnpackedRecords): Generator<RecordOutline, void, undefined> {
  const reader = new Reader(records.bytes, records.start, records.end)
  for (let left = records.count; left > 0; left--) {
    const length = reader.varint()
    const end = reader.position + length
    reader.int8()
    const timestamp = BigInt.asIntN(64, records.baseTimestamp + varlongBits(reader))
    const offsetDelta = reader.varint()
    const keyLength = reader.varint()
    if (keyLength > 0) reader.take(keyLength)
    yield { offsetDelta, timestamp: records.logAppendTime ?? timestamp, keyLength, valueLength: reader.varint() }
    reader.position = end
  }
}

function varlongBits(reader: Reader): bigint {
  let raw = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.uint8()
    raw |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return (raw >> 1n) ^ -(raw & 1n)
  }
  throw new MalformedBytes('a varlong of more than ten bytes')
}
