import { dueRange } from '../../src/storage/clean-range.js'
import { compact } from '../../src/storage/log-compaction.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'

export const KEYS_MAX = 1_000_000

/** One pass over a log, where one is due; without slices. Returns where it came to, null when nothing was due. */
export async function compactNow(log: PartitionLog, nowMs: number, keysMax = KEYS_MAX): Promise<number | null> {
  const range = dueRange(log, nowMs)
  if (range === null) return null
  const work = compact(log, range, nowMs, keysMax)
  for (;;) {
    const step = work.next()
    if (step.done) {
      log.cleanedOffset = step.value
      return step.value
    }
    await step.value
  }
}

/** Compacts as long as anything is due. */
export async function compactFully(log: PartitionLog, nowMs: number, keysMax = KEYS_MAX): Promise<void> {
  for (let end = await compactNow(log, nowMs, keysMax); end !== null; ) end = await compactNow(log, nowMs, keysMax)
}
