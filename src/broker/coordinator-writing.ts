import type { Write } from '../coordination/effects.js'
import { ErrorCode } from '../protocol/errors.js'
import { buildBatch } from '../records/builder.js'
import type { Compression } from '../records/layout.js'

/** How a coordinator reads and writes its topic; read each time. */
export interface CoordinatorSettings {
  /** Read at a time while it loads. */
  readonly loadBytesMax: number
  /** How long one who asked waits for what was written to be committed. */
  readonly writeTimeoutMs: number
  readonly compression: Compression
  /** That of batches that belong to no producer. */
  readonly baseSequence: number
}

type Records = Pick<Write, 'records' | 'isDivisible' | 'producer'>

/** What goes into the log together is one batch, unless it may be divided; null where it is too large for the log. */
export function writeBatches(
  write: Records,
  settings: CoordinatorSettings,
  now: number,
  bytesMax: number,
): Buffer[] | null {
  const { records, isDivisible = false } = write
  const batch = batchOf(write, settings, now)
  if (batch.length <= bytesMax) return [batch]
  if (!isDivisible || records.length === 1) return null
  const half = records.length >> 1
  const [front, back] = [records.slice(0, half), records.slice(half)].map((part) =>
    writeBatches({ ...write, records: part }, settings, now, bytesMax),
  )
  return front && back ? [...front, ...back] : null
}

function batchOf({ records, producer }: Records, settings: CoordinatorSettings, timestamp: number): Buffer {
  const { compression, baseSequence } = settings
  return buildBatch({
    compression,
    baseSequence,
    // The producer's, but not in the order of its sequences: those belong to what it sends itself.
    ...(producer && {
      producerId: producer.id,
      producerEpoch: producer.epoch,
      baseSequence: 0,
      isTransactional: true,
    }),
    records: records.map(({ key, value }) => ({ timestamp, key, value })),
  })
}

/** What clients of a coordinator are told of an error of the partition behind it. */
export function toldAs(error: ErrorCode): ErrorCode {
  switch (error) {
    case ErrorCode.UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCode.NOT_ENOUGH_REPLICAS:
    case ErrorCode.REQUEST_TIMED_OUT:
      return ErrorCode.COORDINATOR_NOT_AVAILABLE
    case ErrorCode.NOT_LEADER_OR_FOLLOWER:
    case ErrorCode.KAFKA_STORAGE_ERROR:
      return ErrorCode.NOT_COORDINATOR
    case ErrorCode.NETWORK_EXCEPTION:
      return ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
    case ErrorCode.MESSAGE_TOO_LARGE:
    case ErrorCode.RECORD_LIST_TOO_LARGE:
    case ErrorCode.INVALID_FETCH_SIZE:
      return ErrorCode.UNKNOWN_SERVER_ERROR
    default:
      return error
  }
}
