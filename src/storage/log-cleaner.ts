import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { Serial } from '../base/serial.js'
import { UserError } from '../base/user-error.js'
import { type CleanRange, dueRange, possibleRange } from './clean-range.js'
import { CompactionTally } from './compaction-tally.js'
import { compact } from './log-compaction.js'
import type { LogDirectory } from './log-directory.js'
import type { PartitionLog } from './partition-log.js'
import { inSlices, type Slices } from './slices.js'
import { isPassing } from './write-fully.js'

/** Under the names of the broker's settings; they may change while it runs. */
export interface CleanerSettings {
  readonly logCleanerEnable: boolean
  readonly logCleanerBackoffMs: number
  readonly logCleanerDedupeBufferSize: number
  readonly logCleanerIoBufferLoadFactor: number
  /** Read and written together; as much as it can where left out. */
  readonly logCleanerIoMaxBytesPerSecond?: number
}

/** So much memory Kafka spends on a key. What fits is what counts: how many keys one pass can hold. */
const KAFKA_BYTES_PER_KEY = 24

/** What compaction did to one log. */
export interface CompactionReport {
  readonly topic: string
  readonly partition: number
  readonly bytesBefore: number
  readonly bytesAfter: number
  /** Of those that were looked at: the newest records may not be compacted yet. */
  readonly keptRecords: number
  readonly removedRecords: number
  readonly removedTombstones: number
  /** Everything below it is compacted. */
  readonly cleanedOffset: number
}

interface DueLog {
  readonly log: PartitionLog
  readonly range: CleanRange
}

/** Compacts the logs of a broker, the dirtiest first, one at a time and in slices; looks again after `log.cleaner.backoff.ms`. */
export class LogCleaner {
  #timer: Timer | null = null
  #work: Slices<number> | null = null
  #isStopped = false
  readonly #turns = new Serial()
  /** Damaged ones: left as they are until the next start. */
  readonly #uncleanable = new WeakSet<PartitionLog>()

  constructor(
    readonly directories: readonly LogDirectory[],
    readonly clock: Clock,
    readonly log: Log,
    readonly settings: () => CleanerSettings,
  ) {
    this.#sleep()
  }

  /**
   * Compacts one log as far as that is allowed, however little of it is outdated: its last segment is closed for that.
   * @throws UserError when it cannot be finished
   */
  cleanNow(log: PartitionLog): Promise<CompactionReport> {
    return this.#turns.run(() => this.#cleanFully(log))
  }

  /** Ends at once; what was not finished is begun again by the next start. */
  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#work?.return(0)
  }

  #sleep(): void {
    if (this.#isStopped) return
    this.#timer = this.clock.after(this.settings().logCleanerBackoffMs, () => {
      this.#cleanAll()
        .catch((error: unknown) => this.log.error(`Compaction failed: ${messageOf(error)}`))
        .finally(() => this.#sleep())
    })
  }

  /** Compacts until nothing is due. */
  async #cleanAll(): Promise<void> {
    if (!this.settings().logCleanerEnable) return
    const failed = new Set<PartitionLog>()
    for (;;) {
      const due = this.#isStopped ? null : this.#dirtiest(failed)
      if (due === null) return
      const isDone = await this.#turns.run(() => this.#clean(due))
      if (!isDone) failed.add(due.log)
    }
  }

  #dirtiest(failed: ReadonlySet<PartitionLog>): DueLog | null {
    let dirtiest: DueLog | null = null
    for (const directory of this.directories)
      for (const log of directory.logs) {
        // Nobody has used it, and retention, which looks at one after the other, has not come to it yet.
        if (log.isResting) continue
        if (log.failure !== null || failed.has(log) || this.#uncleanable.has(log)) continue
        const range = this.#dueRange(log)
        if (range !== null && range.dirtyRatio > (dirtiest?.range.dirtyRatio ?? -1)) dirtiest = { log, range }
      }
    return dirtiest
  }

  async #cleanFully(log: PartitionLog): Promise<CompactionReport> {
    const { topic, partition, sizeBytes: bytesBefore } = log
    log.roll()
    let removed = 0
    let removedTombstones = 0
    let keptRecords = 0
    for (let range = possibleRange(log, this.clock.now()); range !== null; ) {
      const tally = new CompactionTally()
      const endOffset = await this.#finish(log, range, tally)
      keptRecords = tally.kept
      removed += tally.removed
      removedTombstones += tally.tombstonesRemoved
      range = endOffset < range.firstUncleanable ? possibleRange(log, this.clock.now()) : null
    }
    const { sizeBytes: bytesAfter, cleanedOffset } = log
    return {
      ...{ topic, partition, bytesBefore, bytesAfter },
      ...{ keptRecords, removedRecords: removed, removedTombstones, cleanedOffset },
    }
  }

  async #finish(log: PartitionLog, range: CleanRange, tally: CompactionTally): Promise<number> {
    const name = `${log.topic}-${log.partition}`
    try {
      const endOffset = await this.#run(log, range, tally)
      if (endOffset !== null) {
        this.#cleaned(log, endOffset)
        return endOffset
      }
    } catch (error) {
      throw new UserError(`${name} cannot be compacted: ${messageOf(error)}`)
    }
    throw new UserError(`${name} could not be compacted: it was changed meanwhile`, 'Try again.')
  }

  #cleaned(log: PartitionLog, endOffset: number): void {
    log.cleanedOffset = endOffset
    this.directories.find((directory) => directory.find(log.topic, log.partition) === log)?.checkpoint('cleanedOffset')
  }

  #dueRange(log: PartitionLog): CleanRange | null {
    try {
      return dueRange(log, this.clock.now())
    } catch (error) {
      this.#giveUp(log, error)
      return null
    }
  }

  /** False when it could not be finished. */
  async #clean({ log, range }: DueLog): Promise<boolean> {
    const { sizeBytes } = log
    try {
      const endOffset = await this.#run(log, range)
      if (endOffset === null) return false
      this.#cleaned(log, endOffset)
      this.log.info(
        `Compacted ${log.directory} from offset ${range.firstDirty} to ${endOffset}: ` +
          `${sizeBytes} bytes have become ${log.sizeBytes}`,
      )
      return true
    } catch (error) {
      this.#giveUp(log, error)
      return false
    }
  }

  /** Null when the pass was ended: by `stop`, or because segments have gone meanwhile. */
  async #run(log: PartitionLog, range: CleanRange, tally = new CompactionTally()): Promise<number | null> {
    const { clock } = this
    const work = compact(log, range, clock.now(), keysMaxOf(this.settings()), tally)
    const { revision } = log
    const beginMs = clock.monotonicMs()
    /** How much sooner than `log.cleaner.io.max.bytes.per.second` allows all this was read and written. */
    const aheadMs = (): number => {
      const limit = this.settings().logCleanerIoMaxBytesPerSecond ?? Number.MAX_VALUE
      return limit >= Number.MAX_SAFE_INTEGER ? 0 : (tally.bytes * 1000) / limit - (clock.monotonicMs() - beginMs)
    }
    this.#work = work
    try {
      return await inSlices(work, { clock, isOver: () => this.#isStopped || log.revision !== revision, aheadMs })
    } finally {
      this.#work = null
    }
  }

  #giveUp(log: PartitionLog, error: unknown): void {
    if (this.#isStopped) return
    const again = isPassing(error)
    this.log.error(
      `Could not compact ${log.directory}${again ? '' : ', it stays as it is until the next start'}: ${messageOf(error)}`,
    )
    if (!again) this.#uncleanable.add(log)
  }
}

function keysMaxOf(settings: CleanerSettings): number {
  const keys = Math.floor(settings.logCleanerDedupeBufferSize / KAFKA_BYTES_PER_KEY)
  return Math.max(1, Math.floor(keys * settings.logCleanerIoBufferLoadFactor))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
