import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { LogDirectory } from './log-directory.js'
import type { PartitionLog } from './partition-log.js'
import { inSlices, type Slices } from './slices.js'

/** So many segments go at once: each is a handful of files that get another name. */
const SEGMENTS_AT_ONCE = 8

/** Removes what has outlived its topic's retention, in slices: a log may have thousands of old segments, a broker ten thousand logs. */
export class LogRetention {
  #isStopped = false
  readonly #underWay = new Set<LogDirectory>()

  constructor(
    readonly clock: Clock,
    readonly log: Log,
  ) {}

  /** Looks at every log of a directory once, unless that is under way. */
  pruneAll(directory: LogDirectory): void {
    if (!this.#underWay.has(directory)) void this.#run(this.#pruneAll(directory))
  }

  /** Returns how many segments have gone. @throws what stands in one's way */
  async pruneNow(log: PartitionLog): Promise<number> {
    return (await this.#run(prune(log))) ?? 0
  }

  stop(): void {
    this.#isStopped = true
  }

  #run<T>(work: Slices<T>): Promise<T | null> {
    return inSlices(work, { clock: this.clock, isOver: () => this.#isStopped })
  }

  *#pruneAll(directory: LogDirectory): Slices<void> {
    this.#underWay.add(directory)
    try {
      for (const log of directory.logs) yield* this.#tryToPrune(log)
    } finally {
      this.#underWay.delete(directory)
    }
  }

  /** A log that is damaged is no reason to keep what is old in others. */
  *#tryToPrune(log: PartitionLog): Slices<void> {
    try {
      yield* prune(log)
    } catch (error) {
      this.log.error(
        `The retention of ${log.directory} failed: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
}

function* prune(log: PartitionLog): Slices<number> {
  let removed = 0
  for (let count = -1; count !== 0; removed += count) {
    count = log.deleteOldSegments(SEGMENTS_AT_ONCE)
    yield
  }
  return removed
}
