import * as at from './layout.js'
import { type Refusal, refusedOutside, refusedRequest } from './refusal.js'

/** The least that Kafka takes for an entry of any format: a message of format v0 without key and value. */
const ENTRY_LENGTH_MIN = 14
const INT32_MAX = 2 ** 31 - 1
const ZSTD = at.CODECS.indexOf('zstd')

/**
 * Why the whole request gets one answer: this partition's first entry cannot be told apart from what follows. Asked of one
 * partition after the other, before any topic is looked at, until one is transactional.
 */
export function refuseRequest(records: Buffer | null): Refusal | null {
  if (records === null) return null
  const { size, corrupt } = entryAt(records, 0)
  if (corrupt !== null) return refusedRequest('CORRUPT_MESSAGE', corrupt)
  // Kafka's sum of the size overflows, and what that throws is answered as an error of the server.
  return size > INT32_MAX ? refusedRequest('UNKNOWN_SERVER_ERROR', null) : null
}

/** Whether the first entry is whole and says that it is of a transaction; it may still be too short for a batch. */
export function isTransactional(records: Buffer | null): boolean {
  if (records === null) return false
  const { size, corrupt } = entryAt(records, 0)
  if (corrupt !== null || size === 0 || records[at.MAGIC] !== 2) return false
  return (records.readInt16BE(at.ATTRIBUTES) & at.TRANSACTIONAL_BIT) !== 0
}

/**
 * What is checked of a partition's records before its log is looked at: that there is exactly one batch of format v2. Null is
 * a pass. Where `concernsRequest` is set, the whole request gets that answer, so this is to be asked for every partition
 * before any is appended to.
 */
export function refuseAdmission(records: Buffer | null, zstdAllowed: boolean): Refusal | null {
  if (records === null) return refusedOutside('INVALID_RECORD')
  const first = entryAt(records, 0)
  if (first.corrupt !== null) return refusedOutside('CORRUPT_MESSAGE')
  if (first.size > INT32_MAX) return refusedRequest('UNKNOWN_SERVER_ERROR', null)
  if (first.size === 0 || records[at.MAGIC] !== 2) return refusedOutside('INVALID_RECORD')
  if (!zstdAllowed) {
    const codec = records.readInt16BE(at.ATTRIBUTES) & at.CODEC_MASK
    if (codec === ZSTD) return refusedOutside('UNSUPPORTED_COMPRESSION_TYPE')
    if (codec > ZSTD) return refusedRequest('UNKNOWN_SERVER_ERROR', null)
  }
  const second = entryAt(records, first.size)
  if (second.corrupt !== null) return refusedOutside('CORRUPT_MESSAGE')
  if (second.size > INT32_MAX) return refusedRequest('UNKNOWN_SERVER_ERROR', null)
  if (second.size > 0) return refusedOutside('INVALID_RECORD')
  return first.size < producerEnd(records) ? refusedRequest('UNKNOWN_SERVER_ERROR', null) : null
}

/** Kafka looks for the producer of a batch before it looks at the size, and what that throws is an error of the server. */
function producerEnd(records: Buffer): number {
  const isOfProducer = records.length >= at.PRODUCER_EPOCH && records.readInt8(at.PRODUCER_ID) >= 0
  return isOfProducer && isTransactional(records) ? at.RECORD_COUNT : at.PRODUCER_EPOCH
}

interface Entry {
  /** Bytes of the whole entry; 0 where there is none, or one that is cut short and dropped without a word. */
  readonly size: number
  readonly corrupt: string | null
}

const NONE: Entry = { size: 0, corrupt: null }

function entryAt(records: Buffer, position: number): Entry {
  const left = records.length - position
  if (left < at.LENGTH_PREFIX_BYTES) return NONE
  const length = records.readInt32BE(position + at.BATCH_LENGTH)
  if (length < ENTRY_LENGTH_MIN) return { size: 0, corrupt: belowOverhead(length) }
  if (left < at.MAGIC_PREFIX_BYTES) return NONE
  const magic = records.readInt8(position + at.MAGIC)
  if (magic < 0 || magic > 2) return { size: 0, corrupt: `Invalid magic found in record: ${magic}` }
  const size = at.LENGTH_PREFIX_BYTES + length
  return { size: size > left && size <= INT32_MAX ? 0 : size, corrupt: null }
}

function belowOverhead(length: number): string {
  return `Record size ${length} is less than the minimum record overhead (${ENTRY_LENGTH_MIN})`
}
