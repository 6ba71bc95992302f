import type { StorageEnvironment } from './environment.js'
import type { EpochEntry, LeaderEpochCache } from './leader-epoch-cache.js'
import type { LogConfig } from './log-config.js'
import { type LoadedLog, loadEpochs } from './log-loader.js'
import type { ProducerSnapshots } from './producer-snapshots.js'
import type { ProducerStates } from './producer-states.js'
import type { Segments } from './segments.js'

/** What one log is at the moment: its segments, its bounds, and what its batches say of producers and epochs. */
export class LogState {
  segments: Segments
  snapshots: ProducerSnapshots
  logStartOffset: number
  /** The offset that the next record gets. */
  logEndOffset: number
  /** Everything below it is in the file. */
  writtenEndOffset: number
  /** Compaction has been over everything below it. */
  cleanedOffset: number
  /** Changes when segments have gone or the end has been cut off: whoever is reading them bit by bit must begin again. */
  revision = 0
  #highWatermark = 0
  /** Null until they are needed: ten thousand partitions open without reading theirs. */
  #producers: ProducerStates | null
  #epochs: LeaderEpochCache | null
  /** An epoch that begins at the end of the log, while nobody has asked for the others. */
  #begunEpoch: EpochEntry | null = null

  constructor(
    readonly environment: StorageEnvironment,
    readonly directory: string,
    public config: LogConfig,
    loaded: LoadedLog,
    highWatermark: number,
    cleanedOffset: number,
  ) {
    this.segments = loaded.segments
    this.snapshots = loaded.snapshots
    this.logStartOffset = loaded.logStartOffset
    this.logEndOffset = loaded.logEndOffset
    this.writtenEndOffset = loaded.logEndOffset
    this.cleanedOffset = cleanedOffset
    this.#producers = loaded.recovered?.producers ?? null
    this.#epochs = loaded.recovered?.epochs ?? null
    // Markers that recovery has come by may be committed already.
    this.highWatermark = highWatermark
  }

  get highWatermark(): number {
    return this.#highWatermark
  }

  /** Kept between log start and what is written. */
  set highWatermark(offset: number) {
    this.#highWatermark = clamp(offset, this.logStartOffset, this.writtenEndOffset)
    this.#producers?.transactions.forgetEndedBefore(this.#highWatermark)
  }

  get producers(): ProducerStates {
    if (this.#producers === null) {
      this.#producers = this.snapshots.load(this.segments, this.logEndOffset)
      this.#producers.transactions.forgetEndedBefore(this.#highWatermark)
    }
    return this.#producers
  }

  /** Null while nobody has asked for them, and so nobody has changed them. */
  get producersInUse(): ProducerStates | null {
    return this.#producers
  }

  get epochs(): LeaderEpochCache {
    if (this.#epochs === null) {
      this.#epochs = loadEpochs(this.environment, this.directory, this.segments, this)
      if (this.#begunEpoch !== null) this.#epochs.assign(this.#begunEpoch.epoch, this.#begunEpoch.startOffset)
    }
    return this.#epochs
  }

  /** Records from the end of the log on are of `epoch`. */
  beginEpoch(epoch: number): void {
    if (this.#epochs === null) this.#begunEpoch = { epoch, startOffset: this.logEndOffset }
    else this.#epochs.assign(epoch, this.logEndOffset)
  }

  get epochsInUse(): LeaderEpochCache | null {
    return this.#epochs
  }

  /** Takes over what has been read from the disk again. */
  adopt(loaded: LoadedLog): void {
    this.segments = loaded.segments
    this.snapshots = loaded.snapshots
    this.#epochs = loaded.recovered?.epochs ?? null
    this.endAt(loaded.logEndOffset, loaded.logStartOffset)
    this.#producers = loaded.recovered?.producers ?? null
    this.highWatermark = this.#highWatermark
  }

  /** The log ends at `endOffset` now; producers are read again as of there. */
  endAt(endOffset: number, logStartOffset: number): void {
    this.logEndOffset = endOffset
    this.writtenEndOffset = endOffset
    this.logStartOffset = logStartOffset
    this.cleanedOffset = Math.min(this.cleanedOffset, endOffset)
    this.revision++
    this.#producers = null
    this.highWatermark = this.#highWatermark
  }

  raiseLogStart(offset: number): void {
    if (offset <= this.logStartOffset) return
    this.logStartOffset = offset
    this.highWatermark = Math.max(this.#highWatermark, offset)
    this.epochs.truncateFromStart(offset)
    this.saveEpochs(this.writtenEndOffset)
  }

  /** Of a log that is compacted the batches do not tell for ever where epochs began: the file has to outlive the power. */
  saveEpochs(endOffset: number): void {
    this.epochs.save(endOffset, this.config.cleanupPolicy.has('compact'))
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high))
}
