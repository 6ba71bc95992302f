import { dirname } from 'node:path'
import { Serial } from '../base/serial.js'
import type { StorageEnvironment } from './environment.js'
import { FlushTimer } from './flush-timer.js'
import type { LogConfig } from './log-config.js'
import type { Segment } from './segment.js'
import type { Segments } from './segments.js'

/** Brings one log's bytes onto the device, and knows how far that has come. */
export class LogFlusher {
  #recoveryPoint: number
  readonly #timer: FlushTimer
  #background: Serial | null = null
  /** Changes whenever what is under way may no longer be what the log holds. */
  #generation = 0
  /** Whether the directory itself is known to be on the device under its name. */
  #isNamed = false

  constructor(
    readonly environment: StorageEnvironment,
    readonly directory: string,
    recoveryPoint: number,
    /** What `flush.ms` asks for. */
    flush: () => void,
    readonly failed: (error: unknown) => void,
  ) {
    this.#recoveryPoint = recoveryPoint
    this.#timer = new FlushTimer(environment.clock, flush)
  }

  /** Everything below it is on the device. */
  get recoveryPoint(): number {
    return this.#recoveryPoint
  }

  /** The log has grown: true when it must be flushed before that counts. */
  mustFlush(writtenEndOffset: number, config: LogConfig): boolean {
    if (writtenEndOffset - this.#recoveryPoint >= config.flushMessages) return true
    this.#timer.written(config.flushMs)
    return false
  }

  /** Waits for the device. The indexes of the last segment are left out: recovery would build them again. */
  flush(segments: Segments, endOffset: number): void {
    this.#timer.flushed()
    if (this.#recoveryPoint >= endOffset) return
    const unflushed = segments.from(this.#recoveryPoint)
    for (const segment of unflushed) segment.flush(segment !== segments.active)
    if (this.#holdsNew(unflushed)) this.name()
    this.flushedTo(endOffset)
  }

  /** Segments of which not everything is on the device. */
  unflushed(segments: Segments, endOffset: number): readonly Segment[] {
    return this.#recoveryPoint >= endOffset ? [] : segments.from(this.#recoveryPoint)
  }

  /** Brings the names of the log's files onto the device: a file without a name is lost with all its bytes. */
  name(): void {
    for (const path of this.#unnamed()) this.environment.disk.syncDirectory(path)
  }

  /** As `name`, off the main thread. */
  async nameLater(): Promise<void> {
    for (const path of this.#unnamed()) await this.environment.disk.syncDirectoryLater(path)
  }

  flushedTo(endOffset: number): void {
    this.#recoveryPoint = Math.max(this.#recoveryPoint, endOffset)
  }

  /** A segment is complete up to `endOffset`: it goes to the device in the background, with the snapshot taken there. */
  flushLater(segment: Segment, snapshotPath: string | null, endOffset: number): void {
    this.#background ??= new Serial()
    const generation = this.#generation
    this.#background
      .run(async () => {
        if (generation !== this.#generation) return
        await segment.flushLater()
        if (snapshotPath !== null) await this.environment.disk.syncFile(snapshotPath)
        await this.nameLater()
        if (generation === this.#generation) this.flushedTo(endOffset)
      })
      .catch((error: unknown) => {
        // Retention or truncation may have removed the files meanwhile.
        const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT'
        if (generation === this.#generation && !isGone) this.failed(error)
      })
  }

  truncatedTo(offset: number): void {
    this.#recoveryPoint = Math.min(this.#recoveryPoint, offset)
    this.#generation++
  }

  close(): void {
    this.#timer.flushed()
    this.#generation++
  }

  /** Segments that were flushed before have their names. */
  #holdsNew(unflushed: readonly Segment[]): boolean {
    return unflushed.some(({ baseOffset }) => baseOffset >= this.#recoveryPoint)
  }

  #unnamed(): string[] {
    const isNamed = this.#isNamed
    this.#isNamed = true
    return isNamed ? [this.directory] : [this.directory, dirname(this.directory)]
  }
}
