import * as at from './layout.js'
import { type Refusal, refusedOutside, refusedRequest } from './refusal.js'

/** The least that Kafka takes for an entry of any format: a message of format v0 without key and value. */
const ENTRY_LENGTH_MIN = 14
const INT32_MAX = 2 ** 31 - 1
const ZSTD = at.CODECS.indexOf('zstd')

/**
 * What is checked of a partition's records before anything else of a Produce request: that there is exactly one
 * batch of format v2. Null is a pass. Where `concernsRequest` is set, the whole request gets that answer.
 */
export function refuseAdmission(records: Buffer | null, zstdAllowed: boolean): Refusal | null {
  if (records === null) return refusedOutside('INVALID_RECORD')
  let entries = 0
  let position = 0
  for (;;) {
    const left = records.length - position
    if (left < at.LENGTH_PREFIX_BYTES) break
    const length = records.readInt32BE(position + at.BATCH_LENGTH)
    if (length < ENTRY_LENGTH_MIN) return refusedRequest('CORRUPT_MESSAGE', belowOverhead(length))
    if (left < at.MAGIC_PREFIX_BYTES) break
    const magic = records.readInt8(position + at.MAGIC)
    if (magic < 0 || magic > 2) return refusedRequest('CORRUPT_MESSAGE', `Invalid magic found in record: ${magic}`)
    const size = at.LENGTH_PREFIX_BYTES + length
    // Kafka's sum overflows here, and what that throws is answered as an error of the server.
    if (size > INT32_MAX) return refusedRequest('UNKNOWN_SERVER_ERROR', null)
    // A tail that is cut short is dropped without a word.
    if (size > left) break
    entries++
    position += size
  }
  if (entries === 0 || records[at.MAGIC] !== 2) return refusedOutside('INVALID_RECORD')
  if (!zstdAllowed && (records.readInt16BE(at.ATTRIBUTES) & at.CODEC_MASK) === ZSTD)
    return refusedOutside('UNSUPPORTED_COMPRESSION_TYPE')
  return entries > 1 ? refusedOutside('INVALID_RECORD') : null
}

function belowOverhead(length: number): string {
  return `Record size ${length} is less than the minimum record overhead (${ENTRY_LENGTH_MIN})`
}
