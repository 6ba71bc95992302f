import { assert } from '../base/assert.js'
import type { AppendOptions, AppendResult, FollowerAppendResult } from './append.js'
import { storageEnvironment } from './environment.js'
import type { LeaderEpochCache } from './leader-epoch-cache.js'
import { Listeners } from './listeners.js'
import type { LogConfig } from './log-config.js'
import { newSegment } from './log-loader.js'
import type { OpenLogInput } from './log-location.js'
import { type LogRead, readLog, sizeBetween } from './log-reader.js'
import { snapshotLog } from './log-snapshot.js'
import type { LogState } from './log-state.js'
import type { LogWriter } from './log-writer.js'
import { type OpenInput, OpenLog } from './open-log.js'
import type { ProducerStates } from './producer-states.js'
import type { RestingLog } from './resting-logs.js'
import type { Segment } from './segment.js'
import type { ReadLimits } from './segment-reader.js'
import { Segments } from './segments.js'
import type { SnapshotCopy } from './snapshot-copy.js'
import { findByTimestamp, findLatestRecord, type RecordPosition } from './timestamp-search.js'
import { type AbortedTransaction, abortedBetween } from './transaction-index.js'

export type { AppendOptions, AppendResult, FollowerAppendResult } from './append.js'
export type { LogLocation, OpenLogInput } from './log-location.js'

const DAY_MS = 24 * 3600 * 1000

/** What is known of a log without its files, and changes until they are needed. */
interface Resting extends RestingLog {
  readonly highWatermark: number
  cleanedOffset: number
  begunEpoch: number | null
}

/**
 * The log of one partition: batches in a row of segment files. Offsets are given at once, without waiting; the bytes follow at
 * the end of the tick, all in one write, and only then does `writtenEndOffset` move. Nothing here knows of requests or replicas.
 */
export class PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly directory: string
  readonly #input: OpenInput
  readonly #listeners = { written: new Listeners<number>(), failed: new Listeners<Error>() }
  #config: LogConfig
  #resting: Resting | null = null
  #opened: OpenLog | null = null
  #isClosed = false

  /** Opens the directory, or makes it. Recovers first where the last run did not end in an orderly stop. */
  static open(input: OpenLogInput): PartitionLog {
    return new PartitionLog(input)
  }

  private constructor(input: OpenLogInput) {
    const { topic, partition, directory, topicId, config, wasCleanShutdown, resting = null } = input
    const { logStartOffset = 0, recoveryPoint = 0, highWatermark = 0, cleanedOffset = 0 } = input
    const { producerIdleMs = DAY_MS, onLogStart = () => true } = input
    this.topic = topic
    this.partition = partition
    this.directory = directory
    this.#config = config
    this.#input = {
      ...{
        environment: storageEnvironment(input),
        directory,
        topicId,
        config,
        wasCleanShutdown,
        producerIdleMs,
        onLogStart,
      },
      ...{ logStartOffset, recoveryPoint, highWatermark, cleanedOffset },
    }
    if (resting === null) this.#opened = this.#open()
    else this.#resting = restingAt(resting, highWatermark, cleanedOffset)
  }

  /** Whether nobody has needed its files yet. */
  get isResting(): boolean {
    return this.#opened === null
  }

  /** Looks at its files, should nobody have done so yet. @throws what stands in the way */
  wake(): void {
    assert(!this.#isClosed, `${this.directory} is closed`)
    this.#opened ??= this.#open()
  }

  /** How the next start may find it without looking at its files; null where it cannot say. */
  get resting(): RestingLog | null {
    const { topicId } = this.#input
    if (this.#resting !== null) return this.#resting
    const { logStartOffset, logEndOffset, sizeBytes } = this
    return topicId === undefined ? null : { topicId, logStartOffset, logEndOffset, sizeBytes }
  }

  get config(): LogConfig {
    return this.#config
  }

  set config(config: LogConfig) {
    this.#config = config
    if (this.#opened !== null) this.#opened.state.config = config
  }

  /** The first offset that may be read: raised by retention and DeleteRecords; may lie inside a batch. */
  get logStartOffset(): number {
    return this.#resting?.logStartOffset ?? this.#state.logStartOffset
  }

  /** The offset that the next record gets, those included that are not in the file yet. */
  get logEndOffset(): number {
    return this.#resting?.logEndOffset ?? this.#state.logEndOffset
  }

  /** Everything below it is in the file, and can be read. */
  get writtenEndOffset(): number {
    return this.#resting?.logEndOffset ?? this.#state.writtenEndOffset
  }

  get highWatermark(): number {
    return this.#resting?.highWatermark ?? this.#state.highWatermark
  }

  /** Compaction has been over everything below it. */
  get cleanedOffset(): number {
    return this.#resting?.cleanedOffset ?? this.#state.cleanedOffset
  }

  set cleanedOffset(offset: number) {
    const known = this.#resting ?? this.#state
    known.cleanedOffset = offset
  }

  /** Changes when segments have gone or the end has been cut off: whoever is reading them bit by bit must begin again. */
  get revision(): number {
    return this.#state.revision
  }

  /** Up to where everything is known to be on the device. */
  get recoveryPoint(): number {
    return this.#resting?.logEndOffset ?? this.#parts.flusher.recoveryPoint
  }

  /** Where reading committed records ends: the first record that is not decided, or the high watermark. */
  get lastStableOffset(): number {
    if (this.#isClosed && this.isResting) return this.highWatermark
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
    return this.#resting?.sizeBytes ?? this.#state.segments.sizeBytes
  }

  /** Why nothing more can be appended; null while all is well. */
  get failure(): Error | null {
    return this.#opened?.writer.failure ?? null
  }

  /** Calls `listener` with `writtenEndOffset` each time it has moved on. Returns a way to stop. */
  onWritten(listener: (writtenEndOffset: number) => void): () => void {
    return this.#listeners.written.add(listener)
  }

  /** Calls `listener` when writing has failed: what was appended after `writtenEndOffset` is lost. */
  onFailure(listener: (error: Error) => void): () => void {
    return this.#listeners.failed.add(listener)
  }

  /** This replica leads from here on: records of the epoch begin at the end of the log. */
  beginLeaderEpoch(epoch: number): void {
    if (this.#resting !== null) this.#resting.begunEpoch = epoch
    else this.#state.beginEpoch(epoch)
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
    this.#opened?.writer.flushQueued()
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
    return readLog(this.#state.segments, this.#parts.tail, this.#state.environment.buffers, offset, within)
  }

  /** Bytes that a read from `offset` up to `endOffset` would find, without reading them. */
  bytesBetween(offset: number, endOffset: number): number {
    return sizeBetween(
      this.#state.segments,
      this.#parts.tail,
      offset,
      Math.min(endOffset, this.#state.writtenEndOffset),
    )
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
    if (offset !== this.#resting?.highWatermark) this.#state.highWatermark = offset
  }

  /**
   * Raises the log start to `offset`, at most the high watermark, and removes segments below it: many of them with the next
   * retention. Returns the log start: the old one where the disk does not take the new one.
   */
  deleteRecordsTo(offset: number): number {
    return this.#parts.pruner.deleteRecordsTo(offset)
  }

  /** Removes segments that have outlived the topic's retention, the oldest first. Returns how many. */
  deleteOldSegments(atMost = Number.POSITIVE_INFINITY): number {
    if (this.#resting?.sizeBytes === 0) return 0
    return this.#parts.pruner.deleteOldSegments(atMost)
  }

  /** Puts a `.cleaned` segment, complete and on the device, into the place of those that it was made from. */
  replaceSegments(old: readonly Segment[], cleaned: Segment): void {
    this.#parts.pruner.replace(old, cleaned)
  }

  /** Forgets producers that have been idle for too long. */
  expireProducers(idleMs = this.#input.producerIdleMs): void {
    this.#opened?.state.producersInUse?.expire(this.#input.environment.clock.now(), idleMs)
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
    if (this.#opened === null) return
    this.flushQueued()
    this.#writer.attempt(() => this.#parts.flusher.flush(this.#state.segments, this.#state.writtenEndOffset))
  }

  /** Puts all that is appended by now into another directory. */
  snapshotInto(target: string, copy: SnapshotCopy): void {
    this.flushQueued()
    snapshotLog(this.#state, this.#writer, target, copy)
  }

  /** An orderly end: everything on the device, and kept so that the next start need not look. */
  close(): void {
    this.#opened?.close()
    this.#isClosed = true
  }

  /** As `close`, waiting for the device off the main thread. Nothing can be appended meanwhile. */
  async closeLater(): Promise<void> {
    this.#isClosed = true
    await this.#opened?.closeLater()
  }

  /** Lets go of the files as they are. */
  abandon(): void {
    this.#isClosed = true
    this.#opened?.abandon()
  }

  /** The log ends at `endOffset` now, and nothing that was in memory counts. */
  #endAt(endOffset: number, logStartOffset: number): void {
    this.#parts.tail.clear()
    this.#parts.flusher.truncatedTo(endOffset)
    this.#state.endAt(endOffset, logStartOffset)
  }

  get #state(): LogState {
    return this.#parts.state
  }

  get #writer(): LogWriter {
    return this.#parts.writer
  }

  get #parts(): OpenLog {
    if (this.#opened === null) this.wake()
    return this.#opened!
  }

  #open(): OpenLog {
    const { highWatermark, cleanedOffset } = this.#resting ?? this.#input
    const input = { ...this.#input, config: this.#config, highWatermark, cleanedOffset }
    const opened = new OpenLog(input, this.#listeners, () => this.flush())
    const begunEpoch = this.#resting?.begunEpoch ?? null
    this.#resting = null
    if (begunEpoch !== null) opened.state.beginEpoch(begunEpoch)
    return opened
  }
}

function restingAt(resting: RestingLog, highWatermark: number, cleanedOffset: number): Resting {
  const { logStartOffset, logEndOffset } = resting
  const committed = Math.max(logStartOffset, Math.min(highWatermark, logEndOffset))
  return { ...resting, highWatermark: committed, cleanedOffset, begunEpoch: null }
}
