import { MalformedBytes } from '../bytes/malformed.js'
import { batchesIn, type RecordBatch } from '../records/batch.js'
import { controlRecordOf } from '../records/control.js'
import type { ProducerError, ProducerRules } from './producer-states.js'

export interface AppendOptions extends ProducerRules {
  readonly leaderEpoch: number
}

export interface Appended {
  readonly error?: undefined
  readonly baseOffset: number
  readonly lastOffset: number
  /** The time that the log has stamped the records with; -1 where they keep their own. Of a repeat: that of the original. */
  readonly logAppendTimeMs: number
  readonly logStartOffset: number
  /** True when the same batch lies in the log already: nothing was added, and the offsets are those of the first time. */
  readonly duplicate: boolean
}

export interface AppendRefused {
  readonly error: ProducerError | 'RECORD_LIST_TOO_LARGE' | 'KAFKA_STORAGE_ERROR'
}

export type AppendResult = Appended | AppendRefused

export interface FollowerAppended {
  readonly error?: undefined
  readonly nextOffset: number
  readonly sizeBytes: number
}

export interface FollowerAppendRefused {
  readonly error: 'CORRUPT_MESSAGE' | 'OFFSETS_OUT_OF_ORDER' | 'KAFKA_STORAGE_ERROR'
  /** For the log line of whoever stops replicating because of it. */
  readonly message: string
}

export type FollowerAppendResult = FollowerAppended | FollowerAppendRefused

/**
 * The batches that a leader sent, as far as they are whole. Refused when a checksum is wrong, or when they do not follow on
 * `logEndOffset` in ascending order; gaps are left by compaction and fine.
 */
export function checkReplicated(bytes: Buffer, logEndOffset: number): RecordBatch[] | FollowerAppendRefused {
  const batches: RecordBatch[] = []
  let expected = logEndOffset
  try {
    for (const batch of batchesIn(bytes)) {
      if (!batch.isCrcValid())
        return { error: 'CORRUPT_MESSAGE', message: `the checksum of the batch at ${batch.baseOffset} is wrong` }
      if (batch.baseOffset < expected || batch.lastOffsetDelta < 0)
        return { error: 'OFFSETS_OUT_OF_ORDER', message: `a batch at ${batch.baseOffset} where ${expected} is next` }
      // What cannot be read now could not be read by the recovery of this log either.
      controlRecordOf(batch)
      batches.push(batch)
      expected = batch.nextOffset
    }
  } catch (error) {
    if (error instanceof MalformedBytes) return { error: 'CORRUPT_MESSAGE', message: error.message }
    throw error
  }
  return batches
}
