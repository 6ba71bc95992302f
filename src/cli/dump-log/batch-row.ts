import { type LogRecord, RecordBatch } from '../../records/batch.js'
import { readControlRecord } from '../../records/control.js'
import { RawJson } from '../data/json-text.js'
import { jsonBytes } from '../data/record-json.js'
import type { RowIn } from '../data/shape.js'
import type { BATCHES } from './data.js'
import type { Batch, PlacedBatch } from './log-file.js'
import type { DumpPlan } from './options.js'

type BatchRow = RowIn<typeof BATCHES>
type RecordRow = NonNullable<BatchRow['records']>[number]

/** @param records null where they are not asked for. @throws MalformedBytes */
export function batchRow(
  { batch, position }: PlacedBatch,
  records: readonly LogRecord[] | null,
  plan: DumpPlan,
): Omit<BatchRow, 'file'> {
  const { sizeBytes, magic, lastOffset, timestampType, maxTimestamp, compression, crc } = batch
  return {
    position,
    sizeBytes,
    magic,
    ...(batch instanceof RecordBatch ? ofToday(batch) : OF_OLD),
    lastOffset,
    timestampType,
    maxTimestamp,
    compression,
    crc,
    isValid: batch.isCrcValid(),
    records: records?.map((record) => recordRow(record, batch, plan)) ?? null,
  }
}

const OF_OLD = {
  baseOffset: null,
  recordCount: null,
  partitionLeaderEpoch: null,
  producerId: null,
  producerEpoch: null,
  baseSequence: null,
  lastSequence: null,
  isTransactional: null,
  isControl: null,
  deleteHorizonMs: null,
}

function ofToday(batch: RecordBatch): { [K in keyof typeof OF_OLD]: BatchRow[K] } {
  const { baseOffset, recordCount, partitionLeaderEpoch, producerId, producerEpoch } = batch
  const { baseSequence, lastSequence, isTransactional, isControl, deleteHorizonMs } = batch
  return {
    baseOffset,
    recordCount,
    partitionLeaderEpoch,
    producerId,
    producerEpoch,
    baseSequence,
    lastSequence,
    isTransactional,
    isControl,
    deleteHorizonMs,
  }
}

function recordRow(record: LogRecord, batch: Batch, plan: DumpPlan): RecordRow {
  const { offset, timestamp, sequence, headers } = record
  const isControl = batch instanceof RecordBatch && batch.isControl
  return {
    offset,
    timestamp,
    sequence: batch instanceof RecordBatch ? sequence : null,
    ...(isControl ? { key: null, value: null } : keyAndValue(record, plan)),
    headers: headers.map((header) => ({ key: header.key, value: jsonBytes(header.value) })),
    control: isControl ? readControlRecord(record) : null,
  }
}

function keyAndValue(record: LogRecord, { decoder, decodesTo, format }: DumpPlan): { key: unknown; value: unknown } {
  if (decoder === null || decodesTo === null) return { key: jsonBytes(record.key), value: jsonBytes(record.value) }
  const { key, payload } = decoder(record)
  if (decodesTo === 'text') return { key, value: payload }
  return { key: asJson(key, format === 'json'), value: asJson(payload, format === 'json') }
}

/** What a decoder cannot read it says in words. */
function asJson(text: string | null, keepsText: boolean): unknown {
  if (text === null || !text.startsWith('{')) return text === TOMBSTONE ? null : text
  return keepsText ? new RawJson(text) : JSON.parse(text)
}

const TOMBSTONE = '<DELETE>'
