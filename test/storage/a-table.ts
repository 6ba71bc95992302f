import { batchesIn, type LogRecord, type RecordBatch } from '../../src/records/batch.js'
import { buildEndTransactionMarker } from '../../src/records/control.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { aBatch, type BatchShape, everythingIn, FROM_CLIENT, NOW } from './a-log.js'

export interface Pair {
  readonly key: string | null
  /** Null is a tombstone. */
  readonly value: string | null
}

export interface PairShape extends Omit<BatchShape, 'records'> {
  readonly timestamp?: number
}

/** `k=v` is a value, `k` a tombstone. */
export function pair(text: string): Pair {
  const [key, value = null] = text.split('=')
  return { key: key!, value }
}

/** Appends one batch of pairs like `a=1` and `b`, all of them below the high watermark. Returns the first offset. */
export function put(log: PartitionLog, pairs: readonly string[], shape: PairShape = {}): number {
  const { timestamp = NOW, ...rest } = shape
  const records = pairs.map(pair).map(({ key, value }) => ({
    timestamp,
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
  }))
  return send(log, aBatch({ ...rest, records }), 'client')
}

/** Ends a producer's transaction. Returns the marker's offset. */
export function end(
  log: PartitionLog,
  type: 'COMMIT' | 'ABORT',
  {
    producerId,
    producerEpoch = 0,
    timestamp = NOW,
  }: { producerId: bigint; producerEpoch?: number; timestamp?: number },
): number {
  const marker = buildEndTransactionMarker({ type, producerId, producerEpoch, coordinatorEpoch: 0, timestamp })
  return send(log, marker, 'coordinator')
}

function send(log: PartitionLog, bytes: Buffer, origin: 'client' | 'coordinator'): number {
  const result = log.append(bytes, { ...FROM_CLIENT, origin })
  if (result.error !== undefined) throw new Error(result.error)
  log.flushQueued()
  log.updateHighWatermark(log.logEndOffset)
  return result.baseOffset
}

export function batchesOfLog(log: PartitionLog): RecordBatch[] {
  return [...batchesIn(everythingIn(log))]
}

/** Every record that is not a marker, as `offset:key=value`. */
export function recordsOf(log: PartitionLog): string[] {
  return batchesOfLog(log)
    .filter((batch) => !batch.isControl)
    .flatMap((batch) => [...batch.records()].map(textOf))
}

export function textOf({ offset, key, value }: LogRecord): string {
  return `${offset}:${key}${value === null ? '' : `=${value}`}`
}

/** What a consumer of committed records knows in the end: the last value of each key. */
export function tableOf(log: PartitionLog): Map<string, string> {
  const aborted = log.abortedTransactions(log.logStartOffset, log.logEndOffset)
  const table = new Map<string, string>()
  for (const batch of batchesOfLog(log)) {
    if (batch.isControl) continue
    const isAborted = aborted.some(
      ({ producerId, firstOffset, lastOffset }) =>
        batch.isTransactional &&
        producerId === batch.producerId &&
        firstOffset <= batch.baseOffset &&
        batch.baseOffset < lastOffset,
    )
    if (isAborted) continue
    for (const { key, value } of batch.records())
      if (value === null) table.delete(String(key))
      else table.set(String(key), String(value))
  }
  return table
}
