import { OFFSET_ENTRIES, TIME_ENTRIES } from './data.js'
import { checkOffsetIndex, checkTimeIndex } from './index-checks.js'
import { type OffsetEntry, readOffsetIndex, readTimeIndex, usedEntries } from './index-entries.js'
import { LogFile } from './log-file.js'
import type { DumpPlan } from './options.js'
import type { Report } from './report.js'

const NO_OFFSET = -1
const NO_TIMESTAMP = -1

/** What an index says, and what was found instead. */
export type Mismatch = readonly [number, number]

export interface TimeIndexErrors {
  readonly wrong: Mismatch[]
  readonly outOfOrder: Mismatch[]
  readonly notFound: Mismatch[]
}

/** Prints an offset index. Returns entries that do not lead to the batch that ends with their offset. */
export function dumpOffsetIndex(path: string, fullPath: string, plan: DumpPlan, report: Report): Mismatch[] {
  const log = new LogFile(fullPath.replace(/\.index$/, '.log'))
  try {
    const index = readOffsetIndex(fullPath)
    if (index.entries.length === 0) {
      report.remark(`${path} is empty.`)
      return []
    }
    if (plan.checksSanityOnly) {
      checkOffsetIndex(fullPath, index)
      report.remark(`${path} passed sanity check.`)
      return []
    }
    const mismatches: Mismatch[] = []
    for (const { offset, position } of usedEntries(index)) {
      const end = Math.min(log.sizeBytes, position + plan.messageBytesMax)
      const found = firstOf(log.batches(position, end))?.batch.lastOffset ?? NO_OFFSET
      if (found !== offset) mismatches.unshift([offset, found])
      if (plan.verifiesOnly) continue
      report.entry(
        OFFSET_ENTRIES,
        () => ({ offset, position }),
        () => `offset: ${offset} position: ${position}`,
      )
    }
    return mismatches
  } finally {
    log.close()
  }
}

/** Prints a time index. Returns what is wrong with it. */
export function dumpTimeIndex(path: string, fullPath: string, plan: DumpPlan, report: Report): TimeIndexErrors {
  const errors: TimeIndexErrors = { wrong: [], outOfOrder: [], notFound: [] }
  const log = new LogFile(fullPath.replace(/\.timeindex$/, '.log'))
  try {
    const offsets = [...usedEntries(readOffsetIndex(fullPath.replace(/\.timeindex$/, '.index')))]
    const index = readTimeIndex(fullPath)
    if (plan.checksSanityOnly) {
      checkTimeIndex(fullPath, index)
      report.remark(`${path} passed sanity check.`)
      return errors
    }
    let previous = NO_TIMESTAMP
    for (const { timestamp, offset } of usedEntries(index)) {
      const found = batchAt(log, positionBefore(offsets, offset), offset)
      if (found?.lastOffset !== offset) errors.notFound.push([offset, found?.lastOffset ?? NO_OFFSET])
      else {
        if (found.maxTimestamp !== timestamp) errors.wrong.push([timestamp, found.maxTimestamp])
        if (previous >= timestamp) errors.outOfOrder.push([timestamp, previous])
      }
      previous = timestamp
      if (plan.verifiesOnly) continue
      report.entry(
        TIME_ENTRIES,
        () => ({ timestamp, offset }),
        () => `timestamp: ${timestamp} offset: ${offset}`,
      )
    }
    return errors
  } finally {
    log.close()
  }
}

function batchAt(
  log: LogFile,
  position: number,
  offset: number,
): { lastOffset: number; maxTimestamp: number } | undefined {
  for (const { batch } of log.batches(position)) {
    if (batch.lastOffset < offset) continue
    let maxTimestamp = NO_TIMESTAMP
    for (const { timestamp } of batch.records()) maxTimestamp = Math.max(maxTimestamp, timestamp)
    return { lastOffset: batch.lastOffset, maxTimestamp }
  }
  return undefined
}

function positionBefore(entries: readonly OffsetEntry[], offset: number): number {
  return entries.findLast((entry) => entry.offset <= offset)?.position ?? 0
}

function firstOf<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item
  return undefined
}
