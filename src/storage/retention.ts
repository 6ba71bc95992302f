import type { LogConfig } from './log-config.js'
import type { Segment } from './segment.js'
import type { Segments } from './segments.js'

export interface RetentionFacts {
  readonly config: LogConfig
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly highWatermark: number
  readonly nowMs: number
}

/**
 * How many of the oldest segments have lived long enough: by time and size where the policy says `delete`, and by log start
 * offset always, counted up to `atMost`. Only what is below the high watermark goes; all of them may, where the last one is not
 * empty.
 */
export function countExpired(segments: Segments, facts: RetentionFacts, atMost: number): number {
  const { config } = facts
  const byStart = countBelowStart(segments, facts, atMost)
  if (byStart === atMost || !config.cleanupPolicy.has('delete')) return byStart
  return Math.max(byStart, countByTime(segments, facts, atMost), countBySize(segments, facts, atMost))
}

/** How many of the oldest segments lie wholly below the log start. */
export function countBelowStart(segments: Segments, facts: RetentionFacts, atMost: number): number {
  return leading(segments, facts, atMost, (_, next) => next !== undefined && next.baseOffset <= facts.logStartOffset)
}

function countByTime(segments: Segments, facts: RetentionFacts, atMost: number): number {
  const { retentionMs } = facts.config
  if (retentionMs < 0) return 0
  return leading(segments, facts, atMost, (segment) => facts.nowMs - segment.largestTimestamp > retentionMs)
}

function countBySize(segments: Segments, facts: RetentionFacts, atMost: number): number {
  const { retentionBytes } = facts.config
  if (retentionBytes < 0) return 0
  let excess = segments.sizeBytes - retentionBytes
  return leading(segments, facts, atMost, ({ sizeBytes }) => {
    if (excess < sizeBytes) return false
    excess -= sizeBytes
    return true
  })
}

/** How many segments from the oldest on may and should go, counted up to `atMost`: to look at one may mean to open its files. */
function leading(
  segments: Segments,
  facts: RetentionFacts,
  atMost: number,
  isDue: (segment: Segment, next: Segment | undefined) => boolean,
): number {
  const { all } = segments
  let count = 0
  for (const segment of all) {
    const next = all[count + 1]
    const isEmptyActive = next === undefined && segment.sizeBytes === 0
    if (count === atMost || isEmptyActive || facts.highWatermark < (next?.baseOffset ?? facts.logEndOffset)) break
    if (!isDue(segment, next)) break
    count++
  }
  return count
}
