import { basename } from 'node:path'
import { MalformedBytes } from '../../bytes/malformed.js'
import type { LogRecord } from '../../records/batch.js'
import { RecordBatch } from '../../records/batch.js'
import { readControlRecord } from '../../records/control.js'
import type { LegacyRecord } from '../../records/legacy.js'
import { JavaError } from '../java-error.js'
import { Progress } from '../progress.js'
import type { ToolIo } from '../tool.js'
import { batchRow } from './batch-row.js'
import { BATCHES } from './data.js'
import type { RecordDecoder } from './decoder.js'
import { logHeader } from './file-name.js'
import { type Batch, LogFile, type PlacedBatch } from './log-file.js'
import type { DumpPlan } from './options.js'
import type { Report } from './report.js'

/** Offsets of neighbours between which something is missing. */
export type Gap = readonly [number, number]

/** Prints the batches of a segment or a snapshot. Returns the gaps between records, if these were looked at. */
export async function dumpLogFile(
  path: string,
  fullPath: string,
  plan: DumpPlan,
  report: Report,
  io: ToolIo,
): Promise<Gap[]> {
  const { decoder, isDeep, bytesMax } = plan
  report.heading(logHeader(path))
  const file = new LogFile(fullPath)
  let validBytes = 0
  try {
    if (bytesMax !== null && bytesMax < 0) {
      const records = `FileRecords(size=${file.sizeBytes}, file=${path}, start=0, end=2147483647)`
      throw new JavaError('java.lang.IllegalArgumentException', `Invalid size: ${bytesMax} in read from ${records}`)
    }
    const end = Math.min(file.sizeBytes, bytesMax ?? file.sizeBytes)
    const gaps: Gap[] = []
    const progress = new Progress(io, `dumping ${basename(path)}`, end)
    let lastOffset = -1
    for (const placed of file.batches(0, end)) {
      const records: readonly (LogRecord | LegacyRecord)[] = isDeep ? [...placed.batch.records()] : []
      for (const { offset } of records) {
        if (offset !== lastOffset + 1) gaps.push([lastOffset, offset])
        lastOffset = offset
      }
      const hasRoom = report.entry(
        BATCHES,
        () => batchRow(placed, isDeep ? records : null, plan),
        () =>
          [batchLine(placed), ...records.map((record) => recordLine(record, placed.batch, decoder, plan))].join('\n'),
      )
      validBytes = placed.position + placed.batch.sizeBytes
      progress.at(validBytes)
      if (!hasRoom) await io.stdout.drained()
    }
    progress.end()
    const left = end - validBytes
    if (left > 0 && bytesMax === null) report.remark(`Found ${left} invalid bytes at the end of ${basename(path)}`)
    return gaps
  } catch (error) {
    if (error instanceof MalformedBytes)
      io.stderr.line(`klog: ${path} is damaged from byte ${validBytes} on; what is sound before it is printed.`)
    throw error
  } finally {
    file.close()
  }
}

function batchLine({ batch, position }: PlacedBatch): string {
  const head =
    batch instanceof RecordBatch
      ? `baseOffset: ${batch.baseOffset} lastOffset: ${batch.lastOffset} count: ${batch.recordCount} baseSequence: ${batch.baseSequence} lastSequence: ${batch.lastSequence} producerId: ${batch.producerId} producerEpoch: ${batch.producerEpoch} partitionLeaderEpoch: ${batch.partitionLeaderEpoch} isTransactional: ${batch.isTransactional} isControl: ${batch.isControl} deleteHorizonMs: ${optionalLong(batch.deleteHorizonMs)}`
      : `offset: ${batch.lastOffset}`
  return `${head} position: ${position} ${timestampType(batch)}: ${batch.maxTimestamp} size: ${batch.sizeBytes} magic: ${batch.magic} compresscodec: ${batch.compression} crc: ${batch.crc} isvalid: ${batch.isCrcValid()}`
}

function recordLine(
  record: LogRecord | LegacyRecord,
  batch: Batch,
  decoder: RecordDecoder | null,
  plan: DumpPlan,
): string {
  const isControl = batch instanceof RecordBatch && batch.isControl
  const data = decoder === null || isControl ? '' : dataText(record, decoder)
  if (!plan.showsRecordMetadata) return decoder === null || isControl ? '' : `|${data}`
  const sizes = `keySize: ${record.key?.length ?? -1} valueSize: ${record.value?.length ?? -1}`
  const rest = 'isCrcValid' in record ? ` isValid: ${record.isCrcValid} crc: ${record.crc}` : sequenceText(record)
  const control = isControl ? controlText(record) : ''
  return `| offset: ${record.offset} ${timestampType(batch)}: ${record.timestamp} ${sizes}${rest}${control}${data}`
}

function sequenceText({ sequence, headers }: LogRecord): string {
  return ` sequence: ${sequence} headerKeys: [${headers.map(({ key }) => key).join(',')}]`
}

function dataText(record: LogRecord, decoder: RecordDecoder): string {
  const { key, payload } = decoder(record)
  return (key === null ? '' : ` key: ${key}`) + (payload === null ? '' : ` payload: ${payload}`)
}

function controlText(record: LogRecord): string {
  const control = readControlRecord(record)
  const { type, ...fields } = control
  const json = JSON.stringify(fields)
  switch (control.type) {
    case 'ABORT':
    case 'COMMIT':
      return ` endTxnMarker: ${type} coordinatorEpoch: ${control.coordinatorEpoch}`
    case 'LEADER_CHANGE':
      return ` LeaderChange: ${json}`
    case 'SNAPSHOT_HEADER':
      return ` SnapshotHeader ${json}`
    case 'SNAPSHOT_FOOTER':
      return ` SnapshotFooter ${json}`
    case 'KRAFT_VERSION':
      return ` KRaftVersion ${json}`
    case 'KRAFT_VOTERS':
      return ` KRaftVoters ${json}`
    case 'UNKNOWN':
      return ` controlType: UNKNOWN(${control.id})`
  }
}

function timestampType(batch: Batch): string {
  return batch.timestampType ?? 'NoTimestampType'
}

export function optionalLong(value: number | null): string {
  return value === null ? 'OptionalLong.empty' : `OptionalLong[${value}]`
}
