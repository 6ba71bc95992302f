import * as at from './layout.js'
import { type Refusal, refusedOutside, refusedRequest } from './refusal.js'

/** The least that Kafka takes for an entry of any format: a message of format v0 without key and value. */
const ENTRY_LENGTH_MIN = 14
const INT32_MAX = 2 ** 31 - 1
const ZSTD = at.CODECS.indexOf('zstd')

/**
 * What is checked of a partition's records before anything else of a Produce request: that there is exactly one
 * batch of format v2. Null is a pass. Where `concernsRequest` is set, the whole request gets that answer, so this
 * is to be asked for every partition before any is appended to.
 */
export function refuseAdmission(records: Buffer | null, zstdAllowed: boolean): Refusal | null {
  if (records === null) return refusedOutside('INVALID_RECORD')
  const first = entryAt(records, 0)
  if (first.corrupt !== null) return refusedRequest('CORRUPT_MESSAGE', first.corrupt)
  // Kafka's sum of the size overflows, and what that throws is answered as an error of the server.
  if (first.size > INT32_MAX) return refusedRequest('UNKNOWN_SERVER_ERROR', null)
  if (first.size === 0 || records[at.MAGIC] !== 2) return refusedOutside('INVALID_RECORD')
  if (!zstdAllowed && (records.readInt16BE(at.ATTRIBUTES) & at.CODEC_MASK) === ZSTD)
    return refusedOutside('UNSUPPORTED_COMPRESSION_TYPE')
  const second = entryAt(records, first.size)
  if (second.corrupt !== null) return refusedOutside('CORRUPT_MESSAGE')
  if (second.size > INT32_MAX) return refusedRequest('UNKNOWN_SERVER_ERROR', null)
  return second.size > 0 ? refusedOutside('INVALID_RECORD') : null
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
