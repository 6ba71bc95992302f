import type { CompactionReport } from '../../control/verbs/tick-compaction.js'
import type { RetentionReport } from '../../control/verbs/tick-retention.js'
import { boolean, number, orNull, type RowIn, rows, shape, text, texts } from '../data/shape.js'

const REPLICA = {
  broker: orNull(number('whose replica it is; null for a single broker')),
  topic: text('a topic'),
  partition: number('a partition of it'),
}

export const RETENTION = shape('', {
  ...REPLICA,
  deletedSegments: number('files of records that went'),
  deletedBytes: number('of them'),
  deletedRecords: number('offsets that are gone'),
  logStartOffset: number('the first that is left'),
})

export const COMPACTION = shape('', {
  ...REPLICA,
  bytesBefore: number('of what was looked at'),
  bytesAfter: number('of what is left of that'),
  keptRecords: number('of those that were looked at'),
  removedRecords: number('of those that were looked at'),
  removedTombstones: number('of the removed records'),
  cleanedOffset: number('everything below it is compacted'),
})

export const CHECKED = shape(
  '',
  {
    partitions: number('that were looked at'),
    segments: number('that were looked at'),
    batches: number('that were looked at'),
    bytes: number('that were looked at'),
    directories: texts('of log.dirs'),
    findings: rows('what is wrong; with any the exit code is 1', {
      path: text('the file, or the directory'),
      what: text('what is wrong with it'),
      nextStep: text('what comes of it, or what to do'),
    }),
  },
  { isSingle: true },
)

export const CLOCK = shape(
  '',
  {
    now: text('such as 2026-01-31T12:00:00.000Z'),
    isVirtual: boolean('it can be moved'),
    aheadMs: number('of the real time'),
  },
  { isSingle: true },
)

export function retentionRow(report: RetentionReport): RowIn<typeof RETENTION> {
  const { broker = null, topic, partition, deletedSegments, deletedBytes, deletedRecords, logStartOffset } = report
  return { broker, topic, partition, deletedSegments, deletedBytes, deletedRecords, logStartOffset }
}

export function compactionRow(report: CompactionReport): RowIn<typeof COMPACTION> {
  const { broker = null, topic, partition, ...counts } = report
  const { bytesBefore, bytesAfter, keptRecords, removedRecords, removedTombstones, cleanedOffset } = counts
  return {
    ...{ broker, topic, partition, bytesBefore, bytesAfter },
    ...{ keptRecords, removedRecords, removedTombstones, cleanedOffset },
  }
}
