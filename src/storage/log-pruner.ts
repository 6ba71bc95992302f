import { assert } from '../base/assert.js'
import { DoomedFiles } from './doomed-files.js'
import type { LogState } from './log-state.js'
import type { LogWriter } from './log-writer.js'
import { countBelowStart, countExpired, type RetentionFacts } from './retention.js'
import type { Segment } from './segment.js'
import { swapIn } from './segment-swap.js'
import type { Tail } from './tail-cache.js'

/** How many segments DeleteRecords takes away itself, as somebody waits for it; Kafka leaves all to retention. */
const SEGMENTS_AT_ONCE = 8

/** Takes away what a log need not keep: by DeleteRecords, by retention, by compaction. */
export class LogPruner {
  readonly #doomed: DoomedFiles

  constructor(
    readonly state: LogState,
    readonly writer: LogWriter,
    readonly tail: Tail,
    readonly onLogStart: (isWaited: boolean) => boolean,
  ) {
    this.#doomed = new DoomedFiles(state.environment)
  }

  deleteRecordsTo(offset: number): number {
    const { state } = this
    assert(offset <= state.highWatermark, `cannot delete up to ${offset}, beyond the high watermark`)
    if (offset > state.logStartOffset && this.writer.canWrite()) {
      if (!this.#keeps(offset)) return state.logStartOffset
      this.writer.attempt(() => state.raiseLogStart(offset))
      this.#deleteFirst(countBelowStart(state.segments, this.#retentionFacts, SEGMENTS_AT_ONCE))
    }
    return state.logStartOffset
  }

  deleteOldSegments(atMost: number): number {
    // What waits belongs to the last segment, and tells how old that is.
    this.writer.flushQueued()
    return this.#deleteFirst(countExpired(this.state.segments, this.#retentionFacts, atMost))
  }

  /** @throws the writer's failure: then the log takes no more records either, and the next start settles it. */
  replace(old: readonly Segment[], cleaned: Segment): void {
    const { state, writer } = this
    writer.attempt(() => {
      const { segment, doomed } = swapIn(old, cleaned, state.environment.clock.now())
      state.segments.replace(old, segment)
      const files = [...doomed, ...state.snapshots.markDeleted(state.segments)]
      this.#doomed.removeLater(files, state.config.fileDeleteDelayMs)
      this.tail.clear()
    })
    if (writer.failure !== null) throw writer.failure
  }

  /** Nobody reads any more. */
  removeDoomedNow(): void {
    this.#doomed.removeNow()
  }

  /** As `removeDoomedNow`, off the main thread. */
  async removeDoomed(): Promise<void> {
    await this.#doomed.removeAll()
  }

  /** Leaves what is doomed for the next start. */
  abandon(): void {
    this.state.revision++
    this.#doomed.abandon()
  }

  /** Nobody may see a start that a crash would take back: it is written down first. */
  #keeps(offset: number): boolean {
    const { state } = this
    const before = state.logStartOffset
    state.logStartOffset = offset
    const isKept = this.onLogStart(true)
    state.logStartOffset = before
    return isKept
  }

  get #retentionFacts(): RetentionFacts {
    const { config, logStartOffset, writtenEndOffset, highWatermark, environment } = this.state
    return { config, logStartOffset, logEndOffset: writtenEndOffset, highWatermark, nowMs: environment.clock.now() }
  }

  #deleteFirst(count: number): number {
    const { state, writer } = this
    if (count === 0) return 0
    let removed: readonly Segment[] = []
    if (count === state.segments.all.length) writer.rollAt(state.logEndOffset)
    writer.attempt(() => {
      removed = state.segments.removeFirst(count)
      state.revision++
      const files = removed.flatMap((segment) => segment.markDeleted())
      state.raiseLogStart(state.segments.first.baseOffset)
      this.onLogStart(false)
      files.push(...state.snapshots.markDeleted(state.segments))
      this.#doomed.removeLater(files, state.config.fileDeleteDelayMs)
    })
    return writer.failure === null ? removed.length : 0
  }
}
