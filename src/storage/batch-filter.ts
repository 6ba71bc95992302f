import { MalformedBytes } from '../bytes/malformed.js'
import { type LogRecord, RecordBatch } from '../records/batch.js'
import { buildBatch } from '../records/builder.js'
import { magicAt } from './batch-header.js'
import type { CleanedTransactions } from './cleaned-transactions.js'
import type { CompactionTally } from './compaction-tally.js'
import type { KeyOffsets } from './key-offsets.js'
import type { PartitionLog } from './partition-log.js'
import type { StoredBatch } from './segment-batches.js'
import type { AbortedTransaction } from './transaction-index.js'

/** After so many records somebody else may have the processor. */
export const RECORDS_AT_ONCE = 256

export interface FilterRules {
  readonly log: PartitionLog
  readonly keys: KeyOffsets
  /** `keys` know of everything below it. */
  readonly keysEnd: number
  /** Where this compaction may go at most: the batch before it stays, so that its offsets are not forgotten. */
  readonly firstUncleanable: number
  readonly transactions: CleanedTransactions
  readonly tally: CompactionTally
  readonly nowMs: number
}

/** What stays of a batch: `bytes` are null when nothing does, and good until the next batch is asked for. */
export interface KeptBatch {
  readonly bytes: Buffer | null
  /** To be kept in the index of aborted transactions. */
  readonly aborted: AbortedTransaction | null
}

/**
 * Decides what of a batch compaction keeps, yielding now and then.
 * @throws MalformedBytes for a batch that is not what its checksum says: a new one would cover that up.
 */
export function* filterBatch(
  { bytes, at, sizeBytes }: StoredBatch,
  rules: FilterRules,
): Generator<undefined, KeptBatch> {
  // The formats before v2 know neither producers nor empty batches, and nobody writes them any more: they stay.
  if (magicAt(bytes, at) < 2) return { bytes: bytes.subarray(at, at + sizeBytes), aborted: null }
  const batch = new RecordBatch(bytes, at)
  if (!batch.isCrcValid()) throw new MalformedBytes(`the batch at offset ${batch.baseOffset} is damaged`)
  const { transactions, nowMs } = rules
  if (!batch.isControl) {
    const mayHaveRecords = !transactions.isAborted(batch)
    return { bytes: yield* keptOf(batch, mayHaveRecords, false, rules), aborted: null }
  }
  const { isNeedless, aborted } = transactions.endAt(batch)
  const isOver = isNeedless && batch.deleteHorizonMs !== null && batch.deleteHorizonMs <= nowMs
  return { bytes: yield* keptOf(batch, !isOver, isNeedless, rules), aborted }
}

/** `needsHorizon`: a marker that may go once consumers had the time to see it. */
function* keptOf(
  batch: RecordBatch,
  mayHaveRecords: boolean,
  needsHorizon: boolean,
  rules: FilterRules,
): Generator<undefined, Buffer | null> {
  const { log, nowMs, tally } = rules
  const kept: LogRecord[] = []
  let hasTombstone = false
  if (mayHaveRecords) {
    let count = 0
    for (const record of batch.records()) {
      if (++count % RECORDS_AT_ONCE === 0) yield
      if (!batch.isControl && !isKept(record, batch, rules)) {
        if (record.value === null) tally.tombstonesRemoved++
        continue
      }
      kept.push(record)
      if (record.value === null) hasTombstone = true
    }
  }
  if (!batch.isControl) {
    tally.kept += kept.length
    tally.removed += batch.recordCount - kept.length
  }
  if (kept.length === 0) return staysEmpty(batch, rules) ? withRecords(batch, kept, null) : null
  const isHorizonDue = batch.deleteHorizonMs === null && (hasTombstone || needsHorizon)
  if (kept.length === batch.recordCount && !isHorizonDue) return batch.bytes()
  return withRecords(batch, kept, isHorizonDue ? nowMs + log.config.deleteRetentionMs : batch.deleteHorizonMs)
}

function isKept({ offset, key, value }: LogRecord, batch: RecordBatch, { keys, keysEnd, nowMs }: FilterRules): boolean {
  if (offset >= keysEnd) return true
  if (key === null || offset < keys.lastOffsetOf(key)) return false
  return value !== null || batch.deleteHorizonMs === null || nowMs < batch.deleteHorizonMs
}

/** Whether a batch without records still says something: a producer's last sequence or epoch, or where the range ended. */
function staysEmpty(batch: RecordBatch, { log, firstUncleanable }: FilterRules): boolean {
  if (batch.nextOffset === firstUncleanable) return true
  const producer = batch.hasProducerId ? log.producers.find(batch.producerId) : undefined
  if (producer === undefined || producer === null) return false
  if (producer.lastOffset >= 0) return batch.lastOffset === producer.lastOffset
  return batch.isControl && batch.producerEpoch === producer.epoch
}

/** The same batch with fewer records: offsets, sequences and epochs stay what they were. */
function withRecords(batch: RecordBatch, records: readonly LogRecord[], deleteHorizonMs: number | null): Buffer {
  const { baseOffset, lastOffsetDelta, timestampType, isTransactional, isControl } = batch
  const { producerId, producerEpoch, baseSequence, partitionLeaderEpoch, compression } = batch
  if (compression === 'unknown') throw new MalformedBytes(`a batch of unknown compression ${batch.compressionId}`)
  const isEmpty = records.length === 0
  return buildBatch({
    records: records.map((record) => ({ ...record, offsetDelta: record.offset - baseOffset })),
    baseOffset,
    lastOffsetDelta,
    leaderEpoch: partitionLeaderEpoch,
    compression: isEmpty ? 'none' : compression,
    timestampType,
    ...(isEmpty || timestampType === 'LogAppendTime' ? { maxTimestamp: batch.maxTimestamp } : {}),
    producerId,
    producerEpoch,
    baseSequence,
    isTransactional,
    isControl,
    deleteHorizonMs,
  })
}
