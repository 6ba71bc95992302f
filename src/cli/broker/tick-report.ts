import type { CompactionReport } from '../../control/verbs/tick-compaction.js'
import type { RetentionReport } from '../../control/verbs/tick-retention.js'
import { fitting, table } from '../columns.js'

/** A line for each partition that lost something. */
export function retentionText(reports: readonly RetentionReport[]): string {
  const rows = reports
    .filter(({ deletedSegments }) => deletedSegments > 0)
    .map((report) => [
      ...brokerOf(report),
      ...[report.topic, report.partition, report.deletedSegments, report.deletedBytes],
      ...[report.deletedRecords, report.logStartOffset],
    ])
  if (rows.length === 0) return 'Nothing has outlived its retention.'
  const titles = ['TOPIC', 'PARTITION', 'SEGMENTS', 'BYTES', 'RECORDS', 'LOG-START-OFFSET']
  return aligned([...titleOfBroker(reports), ...titles], rows)
}

/** A line for each partition that was compacted. */
export function compactionText(reports: readonly CompactionReport[]): string {
  if (reports.length === 0) return 'No topic is compacted.'
  const titles = ['TOPIC', 'PARTITION', 'BYTES-BEFORE', 'BYTES-AFTER', 'KEPT', 'REMOVED', 'TOMBSTONES-REMOVED']
  return aligned(
    [...titleOfBroker(reports), ...titles],
    reports.map((report) => [
      ...brokerOf(report),
      ...[report.topic, report.partition, report.bytesBefore, report.bytesAfter],
      ...[report.keptRecords, report.removedRecords, report.removedTombstones],
    ]),
  )
}

type OfBroker = { readonly broker?: number }

/** Of a cluster each broker has replicas of its own. */
function titleOfBroker(reports: readonly OfBroker[]): string[] {
  return reports.some(({ broker }) => broker !== undefined) ? ['BROKER'] : []
}

function brokerOf({ broker }: OfBroker): number[] {
  return broker === undefined ? [] : [broker]
}

function aligned(titles: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = rows.map((row) => row.map(String))
  const columns = titles.map((title, i) =>
    fitting(
      title,
      title.length,
      cells.map((row) => row[i]!),
    ),
  )
  return table(columns, cells)
    .trim()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
