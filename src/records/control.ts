import { MalformedBytes } from '../bytes/malformed.js'
import { Reader } from '../bytes/reader.js'
import type { RecordBatch } from './batch.js'
import { buildBatch } from './builder.js'
import { type KRaftControlRecord, readKRaftControl, writeKRaftControl } from './kraft-control.js'

export type { KRaftControlRecord, KRaftVoter } from './kraft-control.js'

/** The end of a transaction, in each partition that it wrote to. */
export interface EndTransactionMarker {
  readonly type: 'ABORT' | 'COMMIT'
  readonly coordinatorEpoch: number
}

/** What a control batch holds; `UNKNOWN` is a type of a later Kafka. */
export type ControlRecord =
  | EndTransactionMarker
  | KRaftControlRecord
  | { readonly type: 'UNKNOWN'; readonly id: number }

/** Types by their number in the record's key. */
const TYPES = [
  'ABORT',
  'COMMIT',
  'LEADER_CHANGE',
  'SNAPSHOT_HEADER',
  'SNAPSHOT_FOOTER',
  'KRAFT_VERSION',
  'KRAFT_VOTERS',
] as const

/** @throws MalformedBytes when key or value are not those of a control record. */
export function readControlRecord(record: { key: Buffer | null; value: Buffer | null }): ControlRecord {
  const id = controlTypeId(record.key)
  const type = TYPES[id]
  if (type === undefined) return { type: 'UNKNOWN', id }
  if (record.value === null) throw new MalformedBytes(`a control record ${type} without a value`)
  const value = new Reader(record.value)
  return type === 'ABORT' || type === 'COMMIT' ? readEndTransaction(type, value) : readKRaftControl(type, value)
}

function controlTypeId(key: Buffer | null): number {
  if (key === null) throw new MalformedBytes('a control record without a key')
  const reader = new Reader(key)
  if (reader.int16() < 0) throw new MalformedBytes('a control record of a negative version')
  return reader.int16()
}

function readEndTransaction(type: 'ABORT' | 'COMMIT', value: Reader): EndTransactionMarker {
  if (value.int16() < 0) throw new MalformedBytes('a transaction marker of a negative version')
  return { type, coordinatorEpoch: value.int32() }
}

/** The control record of a control batch, null for any other batch. @throws MalformedBytes */
export function controlRecordOf(batch: RecordBatch): ControlRecord | null {
  if (!batch.isControl) return null
  for (const record of batch.records()) return readControlRecord(record)
  return null
}

/** Every record of a control batch, with its offset; none of any other batch. @throws MalformedBytes */
export function controlRecordsOf(batch: RecordBatch): { record: ControlRecord; offset: number }[] {
  if (!batch.isControl) return []
  return [...batch.records()].map((record) => ({ record: readControlRecord(record), offset: record.offset }))
}

export interface MarkerInput {
  readonly type: 'ABORT' | 'COMMIT'
  readonly producerId: bigint
  /** The transaction's epoch; one more where the epoch was raised with the end of the transaction. */
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
  readonly timestamp: number
  readonly baseOffset?: number
  readonly leaderEpoch?: number
}

/** A batch with the marker that ends a producer's transaction. */
export function buildEndTransactionMarker(input: MarkerInput): Buffer {
  const value = Buffer.alloc(6)
  value.writeInt32BE(input.coordinatorEpoch, 2)
  return buildBatch({
    ...input,
    isTransactional: true,
    isControl: true,
    records: [{ timestamp: input.timestamp, key: controlKey(input.type), value }],
  })
}

/** A batch with one control record of the metadata log. */
export function buildKRaftControlBatch(input: {
  readonly record: KRaftControlRecord
  readonly timestamp: number
  readonly baseOffset?: number
  readonly leaderEpoch?: number
}): Buffer {
  const { record, ...rest } = input
  return buildKRaftControlRecords({ ...rest, records: [record] })
}

/** A batch of several, as a snapshot may begin with. */
export function buildKRaftControlRecords(input: {
  readonly records: readonly KRaftControlRecord[]
  readonly timestamp: number
  readonly baseOffset?: number
  readonly leaderEpoch?: number
}): Buffer {
  const { records, timestamp, ...place } = input
  return buildBatch({
    ...place,
    isControl: true,
    records: records.map((record) => ({ timestamp, key: controlKey(record.type), value: writeKRaftControl(record) })),
  })
}

function controlKey(type: (typeof TYPES)[number]): Buffer {
  const key = Buffer.alloc(4)
  key.writeInt16BE(TYPES.indexOf(type), 2)
  return key
}
