import { assert } from '../base/assert.js'
import type { Uuid } from '../bytes/uuid.js'
import type { AppendOptions, AppendResult, FollowerAppendResult } from './append.js'
import { type EnvironmentSource, storageEnvironment } from './environment.js'
import type { LeaderEpochCache } from './leader-epoch-cache.js'
import type { LogConfig } from './log-config.js'
import { LogFlusher } from './log-flusher.js'
import { loadLog, loadLogAgain, newSegment } from './log-loader.js'
import { LogPruner } from './log-pruner.js'
import { type LogRead, readLog, sizeBetween } from './log-reader.js'
import { snapshotLog } from './log-snapshot.js'
import { LogState } from './log-state.js'
import { LogWriter } from './log-writer.js'
import type { ProducerStates } from './producer-states.js'
import type { Segment } from './segment.js'
import type { ReadLimits } from './segment-reader.js'
import { Segments } from './segments.js'
import type { SnapshotCopy } from './snapshot-copy.js'
import { Tail } from './tail-cache.js'
import { findByTimestamp, findLatestRecord, type RecordPosition } from './timestamp-search.js'
import { type AbortedTransaction, abortedBetween } from './transaction-index.js'

export type { AppendOptions, AppendResult, FollowerAppendResult } from './append.js'

const DAY_MS = 24 * 3600 * 1000

export interface LogLocation {
  readonly directory: string
  readonly topic: string
  readonly partition: number
  readonly topicId?: Uuid
  readonly config: LogConfig
  /** The first four as checkpointed; 0 where that is not known. */
  readonly logStartOffset?: number
  readonly recoveryPoint?: number
  readonly highWatermark?: number
  readonly cleanedOffset?: number
  readonly wasCleanShutdown: boolean
  /** `producer.id.expiration.ms`. */
  readonly producerIdleMs?: number
  /**
   * Called to write the log start down, now if that `isWaited` for: a run that believed the old one would look for what is
   * gone. Returns false where that has failed.
   */
  readonly onLogStart?: (isWaited: boolean) => boolean
}

export type OpenLogInput = LogLocation & EnvironmentSource

/**
 * The log of one partition: batches in a row of segment files. Offsets are given at once, without waiting; the bytes follow at
 * the end of the tick, all in one write, and only then does `writtenEndOffset` move. Nothing here knows of requests or replicas.
 */
export class PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly #producerIdleMs: number
  readonly #state: LogState
  readonly #flusher: LogFlusher
  readonly #tail: Tail
  readonly #writer: LogWriter
  readonly #pruner: LogPruner
  #isClosed = false

  /** Opens the directory, or makes it. Recovers first where the last run did not end in an orderly stop. */
  static open(input: OpenLogInput): PartitionLog {
    return new PartitionLog(input)
  }

  private constructor(input: OpenLogInput) {
    const environment = storageEnvironment(input)
    const { logStartOffset = 0, recoveryPoint = 0, producerIdleMs = DAY_MS } = input
    const loaded = loadLog({ ...input, environment, logStartOffset, recoveryPoint, producerIdleMs })
    this.topic = input.topic
    this.partition = input.partition
    this.#producerIdleMs = producerIdleMs
    const { directory, config, highWatermark = 0, cleanedOffset = 0 } = input
    this.#state = new LogState(environment, directory, config, loaded, highWatermark, cleanedOffset)
    this.#tail = new Tail(environment.tails)
    const flushed = loaded.recovered === null ? loaded.logEndOffset : Math.min(recoveryPoint, loaded.logEndOffset)
    this.#flusher = new LogFlusher(
      environment,
      directory,
      flushed,
      () => this.flush(),
      (error) => this.#writer.fail(error),
    )
    this.#writer = new LogWriter(this.#state, this.#flusher, this.#tail, () => this.#reload())
    this.#pruner = new LogPruner(this.#state, this.#writer, this.#tail, input.onLogStart ?? (() => true))
  }

  get directory(): string {
    return this.#state.directory
  }

  get config(): LogConfig {
    return this.#state.config
  }

  set config(config: LogConfig) {
    this.#state.config = config
  }

  /** The first offset that may be read: raised by retention and DeleteRecords; may lie inside a batch. */
  get logStartOffset(): number {
    return this.#state.logStartOffset
  }

  /** The offset that the next record gets, those included that are not in the file yet. */
  get logEndOffset(): number {
    return this.#state.logEndOffset
  }

  /** Everything below it is in the file, and can be read. */
  get writtenEndOffset(): number {
    return this.#state.writtenEndOffset
  }

  get highWatermark(): number {
    return this.#state.highWatermark
  }

  /** Compaction has been over everything below it. */
  get cleanedOffset(): number {
    return this.#state.cleanedOffset
  }

  set cleanedOffset(offset: number) {
    this.#state.cleanedOffset = offset
  }

  /** Changes when segments have gone or the end has been cut off: whoever is reading them bit by bit must begin again. */
  get revision(): number {
    return this.#state.revision
  }

  /** Up to where everything is known to be on the device. */
  get recoveryPoint(): number {
    return this.#flusher.recoveryPoint
  }

  /** Where reading committed records ends: the first record that is not decided, or the high watermark. */
  get lastStableOffset(): number {
    const unstable = this.producers.transactions.firstUnstableOffset
    if (unstable === null || unstable >= this.#state.highWatermark) return this.#state.highWatermark
    return Math.max(unstable, this.#state.logStartOffset)
  }

  get leaderEpochs(): LeaderEpochCache {
    return this.#state.epochs
  }

  get producers(): ProducerStates {
    return this.#state.producers
  }

  get segments(): readonly Segment[] {
    return this.#state.segments.all
  }

  get sizeBytes(): number {
    return this.#state.segments.sizeBytes
  }

  /** Why nothing more can be appended; null while all is well. */
  get failure(): Error | null {
    return this.#writer.failure
  }

  /** Calls `listener` with `writtenEndOffset` each time it has moved on. Returns a way to stop. */
  onWritten(listener: (writtenEndOffset: number) => void): () => void {
    return this.#writer.written.add(listener)
  }

  /** Calls `listener` when writing has failed: what was appended after `writtenEndOffset` is lost. */
  onFailure(listener: (error: Error) => void): () => void {
    return this.#writer.failed.add(listener)
  }

  /** This replica leads from here on: records of the epoch begin at the end of the log. */
  beginLeaderEpoch(epoch: number): void {
    this.#state.beginEpoch(epoch)
  }

  /**
   * Appends one validated batch: gives it the next offsets and the epoch, in its own bytes, and queues it. The bytes must stay
   * as they are until the end of the tick.
   */
  append(bytes: Buffer, options: AppendOptions): AppendResult {
    return this.#writer.append(bytes, options)
  }

  /**
   * Appends what a leader sent, as it is. An empty log may begin with a batch that starts before its end: the leader's log
   * start lies inside that batch.
   */
  appendAsFollower(bytes: Buffer): FollowerAppendResult {
    const start = this.#writer.startInsideFirst(bytes)
    if (start !== null) this.truncateFullyAndStartAt(start, this.logStartOffset)
    return this.#writer.appendAsFollower(bytes)
  }

  /** Writes what is queued, without waiting for the end of the tick. */
  flushQueued(): void {
    this.#writer.flushQueued()
  }

  /**
   * Whole batches from the one that holds `offset` on, up to `endOffset` (exclusive, and never beyond what is written).
   * `offset` lies between log start and end. @throws MalformedBytes where the file holds something that is no batch.
   */
  read(offset: number, bytesMax: number, limits: Omit<ReadLimits, 'bytesMax'>): LogRead {
    assert(
      offset >= this.#state.logStartOffset && offset <= this.#state.logEndOffset,
      `offset ${offset} is not in ${this.directory}`,
    )
    const endOffset = Math.min(limits.endOffset, this.#state.writtenEndOffset)
    const within = { bytesMax, endOffset, minOneBatch: limits.minOneBatch }
    return readLog(this.#state.segments, this.#tail, this.#state.environment.buffers, offset, within)
  }

  /** Bytes that a read from `offset` up to `endOffset` would find, without reading them. */
  bytesBetween(offset: number, endOffset: number): number {
    return sizeBetween(this.#state.segments, this.#tail, offset, Math.min(endOffset, this.#state.writtenEndOffset))
  }

  /** The first record, by offset, that is not older than `timestamp`, below `endOffset`. @throws MalformedBytes */
  offsetForTimestamp(timestamp: number, endOffset = this.#state.writtenEndOffset): RecordPosition | null {
    const found = findByTimestamp(this.#state.segments, timestamp, this.#state.logStartOffset)
    return found !== null && found.offset < endOffset ? found : null
  }

  /** The first record that carries the largest timestamp; null when none carries any. @throws MalformedBytes */
  latestRecord(): RecordPosition | null {
    return findLatestRecord(this.#state.segments)
  }

  /** The largest known epoch up to `epoch` and the offset where it ended; -1 and -1 when this log cannot say. */
  endOffsetForEpoch(epoch: number): { epoch: number; endOffset: number } {
    return this.leaderEpochs.endOffsetFor(epoch, this.#state.logEndOffset)
  }

  /** What a consumer of committed records must skip in [from, to). */
  abortedTransactions(from: number, to: number): AbortedTransaction[] {
    return abortedBetween(this.#state.segments.from(from), from, to)
  }

  /** Sets the high watermark, kept between log start and what is written. Whether it only rises is the owner's to see to. */
  updateHighWatermark(offset: number): void {
    this.#state.highWatermark = offset
  }

  /**
   * Raises the log start to `offset`, at most the high watermark, and removes segments below it: many of them with the next
   * retention. Returns the log start: the old one where the disk does not take the new one.
   */
  deleteRecordsTo(offset: number): number {
    return this.#pruner.deleteRecordsTo(offset)
  }

  /** Removes segments that have outlived the topic's retention, the oldest first. Returns how many. */
  deleteOldSegments(atMost = Number.POSITIVE_INFINITY): number {
    return this.#pruner.deleteOldSegments(atMost)
  }

  /** Puts a `.cleaned` segment, complete and on the device, into the place of those that it was made from. */
  replaceSegments(old: readonly Segment[], cleaned: Segment): void {
    this.#pruner.replace(old, cleaned)
  }

  /** Forgets producers that have been idle for too long. */
  expireProducers(idleMs = this.#producerIdleMs): void {
    this.#state.producersInUse?.expire(this.#state.environment.clock.now(), idleMs)
  }

  /** Cuts off everything from `offset` on; the batch that holds it goes as a whole. */
  truncateTo(offset: number): void {
    this.flushQueued()
    const state = this.#state
    if (offset < state.segments.first.baseOffset) {
      this.truncateFullyAndStartAt(offset)
      return
    }
    this.#writer.attemptAgain(() => {
      state.epochs.truncateFromEnd(offset)
      if (offset < state.logEndOffset) {
        for (const segment of state.segments.removeAfter(offset)) segment.remove()
        state.segments.active.truncateTo(offset)
        state.snapshots.removeAfter(offset)
        this.#endAt(offset, Math.min(state.logStartOffset, offset))
      }
      state.epochs.save(offset, true)
    })
  }

  /** Removes everything: the next record gets `offset`. */
  truncateFullyAndStartAt(offset: number, logStartOffset = offset): void {
    this.flushQueued()
    const state = this.#state
    this.#writer.attemptAgain(() => {
      for (const segment of state.segments.all) segment.remove()
      state.segments = new Segments([newSegment(state.environment, state.directory, offset, state.config)])
      state.snapshots.removeAll()
      state.epochs.clear()
      state.epochs.save(offset, true)
      this.#endAt(offset, logStartOffset)
      state.highWatermark = offset
    })
  }

  /** Begins a new segment at the end of the log, unless the last one is empty. */
  roll(): void {
    this.flushQueued()
    this.#writer.rollAt(this.logEndOffset)
  }

  /** Returns when everything appended so far is on the device. */
  flush(): void {
    this.flushQueued()
    this.#writer.attempt(() => this.#flusher.flush(this.#state.segments, this.#state.writtenEndOffset))
  }

  /** Puts all that is appended by now into another directory. */
  snapshotInto(target: string, copy: SnapshotCopy): void {
    this.flushQueued()
    snapshotLog(this.#state, this.#writer, target, copy)
  }

  /** An orderly end: everything on the device, and kept so that the next start need not look. */
  close(): void {
    const { segments } = this.#seal(true)
    this.#writer.attempt(() => {
      for (const segment of segments) segment.flush(true)
      if (segments.length > 0) this.#flusher.name()
    })
    this.#leave()
  }

  /** As `close`, waiting for the device off the main thread. Nothing can be appended meanwhile. */
  async closeLater(): Promise<void> {
    const { segments, snapshot } = this.#seal(false)
    this.#writer.close()
    try {
      for (const segment of segments) await segment.flushLater()
      if (snapshot !== null) await this.#state.environment.disk.syncFile(snapshot)
      if (segments.length > 0) await this.#flusher.nameLater()
    } catch (error) {
      this.#writer.fail(error)
    }
    this.#leave()
  }

  /** Lets go of the files as they are. */
  abandon(): void {
    this.#isClosed = true
    this.#writer.close()
    this.#flusher.close()
    this.#pruner.abandon()
    this.#tail.clear()
    for (const segment of this.#state.segments.all) segment.close()
  }

  /** Writes out all that the next start wants to find. Returns what has yet to reach the device. */
  #seal(durable: boolean): { segments: readonly Segment[]; snapshot: string | null } {
    let snapshot: string | null = null
    if (this.#isClosed) return { segments: [], snapshot }
    this.flushQueued()
    const { segments, snapshots, producersInUse, epochsInUse, logEndOffset } = this.#state
    this.#writer.attempt(() => {
      segments.active.seal()
      if (producersInUse !== null) snapshot = snapshots.take(logEndOffset, producersInUse, durable)
      snapshots.prune(segments)
      epochsInUse?.save(logEndOffset, durable)
      this.#pruner.removeDoomedNow()
    })
    return { segments: this.failure === null ? this.#flusher.unflushed(segments, logEndOffset) : [], snapshot }
  }

  #leave(): void {
    if (this.failure === null) this.#flusher.flushedTo(this.logEndOffset)
    this.abandon()
  }

  /** The log ends at `endOffset` now, and nothing that was in memory counts. */
  #endAt(endOffset: number, logStartOffset: number): void {
    this.#tail.clear()
    this.#flusher.truncatedTo(endOffset)
    this.#state.endAt(endOffset, logStartOffset)
  }

  #reload(): void {
    const loaded = loadLogAgain(this.#state, this.recoveryPoint, this.#producerIdleMs)
    this.#tail.clear()
    this.#flusher.truncatedTo(loaded.logEndOffset)
    this.#state.adopt(loaded)
  }
}
