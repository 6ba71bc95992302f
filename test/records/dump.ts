import type { LogRecord, RecordBatch } from '../../src/records/batch.js'
import { type ControlRecord, readControlRecord } from '../../src/records/control.js'
import type { LegacyBatch, LegacyRecord } from '../../src/records/legacy.js'

/** The lines that Kafka's dump tool prints of a batch with its records, the batch lying at `position`. */
export function dumpLines(batch: RecordBatch, position: number): string[] {
  const horizon = batch.deleteHorizonMs === null ? 'OptionalLong.empty' : `OptionalLong[${batch.deleteHorizonMs}]`
  const fields = {
    baseOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    count: batch.recordCount,
    baseSequence: batch.baseSequence,
    lastSequence: batch.lastSequence,
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    partitionLeaderEpoch: batch.partitionLeaderEpoch,
    isTransactional: batch.isTransactional,
    isControl: batch.isControl,
    deleteHorizonMs: horizon,
    position,
    [batch.timestampType]: batch.maxTimestamp,
    size: batch.sizeBytes,
    magic: batch.magic,
    compresscodec: batch.compression,
    crc: batch.crc,
    isvalid: batch.isCrcValid(),
  }
  return [shown(fields), ...[...batch.records()].map((record) => recordLine(batch, record))]
}

function recordLine(batch: RecordBatch, record: LogRecord): string {
  const line = `| ${shown({
    offset: record.offset,
    [batch.timestampType]: record.timestamp,
    keySize: record.key?.length ?? -1,
    valueSize: record.value?.length ?? -1,
    sequence: record.sequence,
    headerKeys: `[${record.headers.map((header) => header.key).join(',')}]`,
  })}`
  return batch.isControl ? `${line} ${controlText(readControlRecord(record))}` : line + payload(record)
}

function controlText(record: ControlRecord): string {
  return 'coordinatorEpoch' in record
    ? `endTxnMarker: ${record.type} coordinatorEpoch: ${record.coordinatorEpoch}`
    : record.type
}

function payload({ key, value }: LogRecord): string {
  return (key === null ? '' : ` key: ${key}`) + (value === null ? '' : ` payload: ${value}`)
}

/** The same of a message of an old format. */
export function dumpLegacyLines(batch: LegacyBatch, position: number): string[] {
  const type = batch.timestampType ?? 'NoTimestampType'
  const head = shown({
    offset: batch.lastOffset,
    position,
    [type]: batch.maxTimestamp,
    size: batch.sizeBytes,
    magic: batch.magic,
    compresscodec: batch.compression,
    crc: batch.crc,
    isvalid: batch.isCrcValid(),
  })
  const line = (record: LegacyRecord): string =>
    `| ${shown({
      offset: record.offset,
      [type]: record.timestamp,
      keySize: record.key?.length ?? -1,
      valueSize: record.value?.length ?? -1,
      isValid: record.isCrcValid,
      crc: record.crc,
    })}${payload(record)}`
  return [head, ...[...batch.records()].map(line)]
}

function shown(fields: Record<string, unknown>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join(' ')
}
