import type { StorageEnvironment } from './environment.js'
import type { Listeners } from './listeners.js'
import { LogFlusher } from './log-flusher.js'
import { type LoadInput, loadLog, loadLogAgain } from './log-loader.js'
import { LogPruner } from './log-pruner.js'
import { LogState } from './log-state.js'
import { LogWriter } from './log-writer.js'
import type { Segment } from './segment.js'
import { Tail } from './tail-cache.js'

export interface OpenInput extends LoadInput {
  readonly highWatermark: number
  readonly cleanedOffset: number
  readonly onLogStart: (isWaited: boolean) => boolean
}

/** Who hears of what becomes of a log's records. */
export interface LogListeners {
  readonly written: Listeners<number>
  readonly failed: Listeners<Error>
}

/** The parts of a log whose files have been looked at. */
export class OpenLog {
  readonly state: LogState
  readonly flusher: LogFlusher
  readonly tail: Tail
  readonly writer: LogWriter
  readonly pruner: LogPruner
  readonly #producerIdleMs: number
  #isClosed = false

  constructor(input: OpenInput, listeners: LogListeners, flush: () => void) {
    const { environment, directory, config, recoveryPoint, highWatermark, cleanedOffset } = input
    const loaded = loadLog(input)
    this.#producerIdleMs = input.producerIdleMs
    this.state = new LogState(environment, directory, config, loaded, highWatermark, cleanedOffset)
    this.tail = new Tail(environment.tails)
    const flushed = loaded.recovered === null ? loaded.logEndOffset : Math.min(recoveryPoint, loaded.logEndOffset)
    this.flusher = this.#flusherOf(environment, flushed, flush)
    this.writer = new LogWriter(this.state, this.flusher, this.tail, listeners, () => this.#reload())
    this.pruner = new LogPruner(this.state, this.writer, this.tail, input.onLogStart)
  }

  /** Everything is on the device when it returns, and kept so that the next start need not look. */
  close(): void {
    const { segments } = this.#seal(true)
    this.writer.attempt(() => {
      this.pruner.removeDoomedNow()
      for (const segment of segments) segment.flush(true)
      if (segments.length > 0) this.flusher.name()
    })
    this.#leave()
  }

  /** As `close`, waiting for the device off the main thread. Nothing can be appended meanwhile. */
  async closeLater(): Promise<void> {
    const { segments, snapshot } = this.#seal(false)
    this.writer.close()
    try {
      for (const segment of segments) await segment.flushLater()
      if (snapshot !== null) await this.state.environment.disk.syncFile(snapshot)
      if (segments.length > 0) await this.flusher.nameLater()
      await this.pruner.removeDoomed()
    } catch (error) {
      this.writer.fail(error)
    }
    this.#leave()
  }

  /** Lets go of the files as they are. */
  abandon(): void {
    this.#isClosed = true
    this.writer.close()
    this.flusher.close()
    this.pruner.abandon()
    this.tail.clear()
    for (const segment of this.state.segments.all) segment.close()
  }

  /** Writes out all that the next start wants to find. Returns what has yet to reach the device. */
  #seal(durable: boolean): { segments: readonly Segment[]; snapshot: string | null } {
    let snapshot: string | null = null
    if (this.#isClosed) return { segments: [], snapshot }
    this.writer.flushQueued()
    const { segments, snapshots, producersInUse, epochsInUse, logEndOffset } = this.state
    this.writer.attempt(() => {
      segments.active.seal()
      if (producersInUse !== null) snapshot = snapshots.take(logEndOffset, producersInUse, durable)
      snapshots.prune(segments)
      epochsInUse?.save(logEndOffset, durable)
    })
    const isWhole = this.writer.failure === null
    return { segments: isWhole ? this.flusher.unflushed(segments, logEndOffset) : [], snapshot }
  }

  #leave(): void {
    if (this.writer.failure === null) this.flusher.flushedTo(this.state.logEndOffset)
    this.abandon()
  }

  #flusherOf(environment: StorageEnvironment, flushed: number, flush: () => void): LogFlusher {
    return new LogFlusher(environment, this.state.directory, flushed, flush, (error) => this.writer.fail(error))
  }

  /** Reads the log again as after a crash. */
  #reload(): void {
    const loaded = loadLogAgain(this.state, this.flusher.recoveryPoint, this.#producerIdleMs)
    this.tail.clear()
    this.flusher.truncatedTo(loaded.logEndOffset)
    this.state.adopt(loaded)
  }
}
