import { UserError } from '../base/user-error.js'
import { MalformedBytes } from '../bytes/malformed.js'
import { refuseAdmission, refuseRequest } from './admission.js'
import { RecordBatch, type Unpacked } from './batch.js'
import { buildBatch } from './builder.js'
import { DecompressedTooLarge } from './codecs/too-large.js'
import { UnpackingRoom } from './codecs/unpacking-room.js'
import { DECOMPRESSED_BYTES_MAX } from './compression.js'
import * as at from './layout.js'
import { readRecords } from './record.js'
import { recordErrorsOf, type TimeRules, timestampBits, type UnpackedRecords } from './record-errors.js'
import { type Refusal, refusedInside, refusedOutside, refusedRecords } from './refusal.js'
import { type Walked, walkRecords } from './walk.js'

export type { RecordError, Refusal, RefusalError } from './refusal.js'

/** What a topic asks of the batches that are produced to it. */
export interface ProduceRules extends TimeRules {
  /** The topic's `compression.type`. */
  readonly compressionType: 'producer' | 'uncompressed' | at.Compression
  /** Of the codec named by `compressionType`, for batches that are packed anew; the codec's default if left out. */
  readonly compressionLevel?: number
  /** Whether the topic is compacted: then every record needs a key. */
  readonly compacted: boolean
  readonly maxMessageBytes: number
  /** `topic-partition`, for messages. */
  readonly topicPartition: string
  /** False below version 7 of Produce. */
  readonly zstdAllowed: boolean
  /** What a compressed batch may become; 128 MiB if left out. */
  readonly decompressedBytesMax?: number
}

export interface Accepted {
  readonly ok: true
  /** The batch as the log takes it, still at base offset 0: a view of what was sent, or a new one. */
  readonly batch: Buffer
  readonly recordCount: number
  readonly maxTimestamp: number
  /** True when the records were packed anew, so that their bytes are not those sent. */
  readonly isRebuilt: boolean
}

/**
 * Checks what a client produced to one partition as Kafka's leader does, and makes of it what the log takes:
 * timestamps set in place, the compression that the topic asks for. All but base offset and leader epoch is then done.
 * What is compressed is unpacked in the `room`, which is vacant before and after.
 */
export function validateProduced(
  records: Buffer | null,
  rules: ProduceRules,
  room = new UnpackingRoom(),
): Accepted | Refusal {
  const unadmitted = refuseRequest(records) ?? refuseAdmission(records, rules.zstdAllowed)
  if (unadmitted !== null) return unadmitted
  const bad = refuseEnvelope(records!, rules)
  if (bad !== null) return bad
  const batch = new RecordBatch(records!)
  if (!batch.isCrcValid()) return refusedOutside('CORRUPT_MESSAGE')
  try {
    return refuseHeader(batch) ?? validateRecords(batch, rules, room)
  } catch (error) {
    // A codec that this platform lacks.
    if (error instanceof UserError) return refusedInside('UNSUPPORTED_COMPRESSION_TYPE', error.message)
    throw error
  } finally {
    room.vacate()
  }
}

/** What comes before the checksum. */
function refuseEnvelope(bytes: Buffer, rules: ProduceRules): Refusal | null {
  const sizeBytes = at.LENGTH_PREFIX_BYTES + bytes.readInt32BE(at.BATCH_LENGTH)
  if (bytes.readInt32BE(0) !== 0 || bytes.readInt32BE(4) !== 0) return refusedInside('INVALID_RECORD')
  if (sizeBytes > rules.maxMessageBytes) return refusedOutside('MESSAGE_TOO_LARGE')
  return sizeBytes < at.BATCH_OVERHEAD_BYTES ? refusedOutside('CORRUPT_MESSAGE') : null
}

function refuseHeader(batch: RecordBatch): Refusal | null {
  if (batch.compression === 'unknown') return refusedInside('UNKNOWN_SERVER_ERROR')
  const { recordCount, lastOffsetDelta } = batch
  if (recordCount <= 0 || lastOffsetDelta !== recordCount - 1) return refusedInside('INVALID_RECORD')
  if (batch.isControl) return refusedInside('INVALID_RECORD')
  if (batch.hasProducerId && batch.baseSequence < 0) return refusedInside('INVALID_RECORD')
  return null
}

function validateRecords(batch: RecordBatch, rules: ProduceRules, room: UnpackingRoom): Accepted | Refusal {
  const unpacked = unpack(batch, rules.decompressedBytesMax ?? DECOMPRESSED_BYTES_MAX, room)
  if ('ok' in unpacked) return unpacked
  let walked: Walked
  try {
    walked = walkRecords(unpacked.bytes, unpacked.start, unpacked.end, batch.recordCount)
  } catch (error) {
    if (error instanceof MalformedBytes) return refusedInside('INVALID_RECORD')
    throw error
  }
  const times = timesOf(batch, unpacked, walked)
  const bad = refuseRecords(batch, unpacked, walked, times, rules)
  if (bad !== null) return bad
  if (targetOf(batch, rules) !== batch.compression)
    return isBuildable(batch, times) ? rebuild(batch, unpacked, rules) : refusedInside('UNKNOWN_SERVER_ERROR')
  // Kafka would number the records anew, trips over having skipped their values, and says so to the client.
  if (batch.compression !== 'none' && !walked.isContiguous) return refusedInside('UNKNOWN_SERVER_ERROR')
  const isAppendTime = rules.timestampType === 'LogAppendTime'
  batch.setMaxTimestamp(rules.timestampType, isAppendTime ? rules.nowMs : times.greatest)
  return {
    ok: true,
    batch: batch.bytes(),
    recordCount: batch.recordCount,
    maxTimestamp: batch.maxTimestamp,
    isRebuilt: false,
  }
}

function unpack(batch: RecordBatch, bytesMax: number, room: UnpackingRoom): Unpacked | Refusal {
  try {
    return batch.unpacked(bytesMax, room)
  } catch (error) {
    // Kafka has no bound; a batch beyond ours is at fault itself, so that no client sends it again.
    if (error instanceof DecompressedTooLarge) return refusedInside('INVALID_RECORD', error.message)
    if (error instanceof MalformedBytes) return refusedInside('UNKNOWN_SERVER_ERROR')
    throw error
  }
}

function targetOf(batch: RecordBatch, rules: ProduceRules): at.Compression | 'unknown' {
  if (rules.compressionType === 'producer') return batch.compression
  return rules.compressionType === 'uncompressed' ? 'none' : rules.compressionType
}

interface Times {
  /** The least that may be among the records' timestamps; approximate where `greatest` is a bigint. */
  readonly least: number
  /** The greatest of the records' timestamps, -1 at least; a bigint where a number would not hold it. */
  readonly greatest: number | bigint
}

function timesOf(batch: RecordBatch, unpacked: Unpacked, walked: Walked): Times {
  const { baseTimestamp, maxTimestamp } = batch
  const isAppendTime = batch.timestampType === 'LogAppendTime'
  const least = isAppendTime ? maxTimestamp : baseTimestamp + walked.leastTimestampDelta
  const greatest = isAppendTime ? maxTimestamp : baseTimestamp + walked.greatestTimestampDelta
  // The greatest safe integer is also what a greater one was read as.
  const isExact = Math.max(Math.abs(least), Math.abs(greatest), Math.abs(baseTimestamp)) < Number.MAX_SAFE_INTEGER
  if (isExact) return { least, greatest: Math.max(greatest, at.NO_TIMESTAMP) }
  const bits = timestampBits(closely(batch, unpacked))
  return { least: Number(bits.least), greatest: bits.greatest }
}

/** The records as they are looked at one by one, with all bits of their time. */
function closely(batch: RecordBatch, unpacked: Unpacked): UnpackedRecords {
  const { buffer, start, recordCount: count } = batch
  const isAppendTime = batch.timestampType === 'LogAppendTime'
  return {
    ...unpacked,
    count,
    baseTimestamp: buffer.readBigInt64BE(start + at.BASE_TIMESTAMP),
    logAppendTime: isAppendTime ? buffer.readBigInt64BE(start + at.MAX_TIMESTAMP) : null,
  }
}

function refuseRecords(
  batch: RecordBatch,
  unpacked: Unpacked,
  walked: Walked,
  times: Times,
  rules: ProduceRules,
): Refusal | null {
  const lacksKeys = rules.compacted && walked.keylessCount > 0
  const { least, greatest } = times
  const mayBeOutOfTime =
    rules.timestampType === 'CreateTime' &&
    (typeof greatest === 'bigint' ||
      rules.nowMs - least > rules.beforeMaxMs ||
      greatest - rules.nowMs > rules.afterMaxMs)
  if (!lacksKeys && !mayBeOutOfTime && batch.timestampType === 'CreateTime') return null
  const keylessText = rules.compacted
    ? `Compacted topic cannot accept message without key in topic partition ${rules.topicPartition}`
    : null
  const keepsPayload = batch.compression !== 'none' && targetOf(batch, rules) === batch.compression
  const { errors, count, hasTimestampError } = recordErrorsOf(
    closely(batch, unpacked),
    rules,
    keylessText,
    keepsPayload,
  )
  if (count === 0) return null
  const rejected = 'One or more records have been rejected due to'
  if (hasTimestampError) return refusedRecords('INVALID_TIMESTAMP', `${rejected} invalid timestamp`, errors)
  const shown = errors.slice(0, 3).map((e) => `RecordError(batchIndex=${e.batchIndex}, message='${e.message}')`)
  const total = `${count} record errors in total, and only showing the first three errors at most`
  return refusedRecords('INVALID_RECORD', `${rejected} ${total}: [${shown.join(', ')}]`, errors)
}

/** What Kafka's own builder of batches takes; where it does not, it tells the client that it failed. */
function isBuildable(batch: RecordBatch, { least }: Times): boolean {
  if (least < at.NO_TIMESTAMP) return false
  const { producerId, producerEpoch, baseSequence } = batch
  if (producerId === at.NO_PRODUCER_ID) return !batch.isTransactional
  return producerEpoch !== at.NO_PRODUCER_EPOCH && baseSequence >= 0
}

/** Packs the records as the topic asks, numbered from 0; what has no meaning is left behind. */
function rebuild(batch: RecordBatch, unpacked: Unpacked, rules: ProduceRules): Accepted | Refusal {
  const target = targetOf(batch, rules)
  if (target === 'unknown') return refusedInside('UNKNOWN_SERVER_ERROR')
  const base = {
    offset: 0,
    timestamp: batch.baseTimestamp,
    logAppendTimeMs: batch.timestampType === 'LogAppendTime' ? batch.maxTimestamp : null,
    sequence: at.NO_SEQUENCE,
  }
  const records = readRecords(unpacked.bytes, unpacked.start, unpacked.end, batch.recordCount, base)
  const rebuilt = buildBatch({
    records,
    compression: target,
    timestampType: rules.timestampType,
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    baseSequence: batch.baseSequence,
    isTransactional: batch.isTransactional,
    ...(rules.compressionLevel === undefined ? {} : { level: rules.compressionLevel }),
    ...(rules.timestampType === 'LogAppendTime' ? { maxTimestamp: rules.nowMs } : {}),
  })
  if (rebuilt.length > rules.maxMessageBytes) return refusedOutside('MESSAGE_TOO_LARGE')
  const { recordCount, maxTimestamp } = new RecordBatch(rebuilt)
  return { ok: true, batch: rebuilt, recordCount, maxTimestamp, isRebuilt: true }
}
