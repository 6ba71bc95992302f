import { assert } from '../base/assert.js'
import { batchesIn, RecordBatch } from '../records/batch.js'
import { type AppendOptions, type AppendResult, checkReplicated, type FollowerAppendResult } from './append.js'
import { AppendQueue } from './append-queue.js'
import { DoomedFiles } from './doomed-files.js'
import { type EnvironmentInput, type StorageEnvironment, storageEnvironment } from './environment.js'
import type { LeaderEpochCache } from './leader-epoch-cache.js'
import { Listeners } from './listeners.js'
import type { LogConfig } from './log-config.js'
import { LogFlusher } from './log-flusher.js'
import { type LoadedLog, loadEpochs, loadLog, newSegment } from './log-loader.js'
import { type LogRead, readLog, sizeBetween } from './log-reader.js'
import type { ProducerSnapshots } from './producer-snapshots.js'
import { ProducerStates } from './producer-states.js'
import { countExpired } from './retention.js'
import { OFFSET_SPAN_MAX, type Segment } from './segment.js'
import type { ReadLimits } from './segment-reader.js'
import { Segments } from './segments.js'
import { Tail } from './tail-cache.js'
import { findByTimestamp, findLatestRecord, type RecordPosition } from './timestamp-search.js'
import { type AbortedTransaction, abortedBetween } from './transaction-index.js'
import { isDiskFull } from './write-fully.js'

const DAY_MS = 24 * 3600 * 1000
/** How long a log that found the disk full waits before it tries again. */
const FULL_DISK_RETRY_MS = 1000
/** What must be free by then. */
const FREE_BYTES_MIN = 16 * 1024 * 1024

export interface OpenLogInput extends EnvironmentInput {
  readonly directory: string
  readonly topic: string
  readonly partition: number
  readonly config: LogConfig
  /** The first three as checkpointed; 0 where that is not known. */
  readonly logStartOffset?: number
  readonly recoveryPoint?: number
  readonly highWatermark?: number
  readonly wasCleanShutdown: boolean
  /** `producer.id.expiration.ms`. */
  readonly producerIdleMs?: number
}

/**
 * The log of one partition: batches in a row of segment files. Offsets are given at once, without waiting; the bytes follow at
 * the end of the tick, all in one write, and only then does `writtenEndOffset` move. Nothing here knows of requests or replicas.
 */
export class PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly directory: string
  config: LogConfig
  readonly #environment: StorageEnvironment
  readonly #flusher: LogFlusher
  readonly #tail: Tail
  readonly #queue: AppendQueue
  readonly #doomed: DoomedFiles
  readonly #written = new Listeners<number>()
  readonly #failed = new Listeners<Error>()
  readonly #producerIdleMs: number
  #segments: Segments
  #snapshots: ProducerSnapshots
  /** Null until they are needed: ten thousand partitions open without reading theirs. */
  #producers: ProducerStates | null
  #epochs: LeaderEpochCache | null
  #logStartOffset: number
  #logEndOffset: number
  #writtenEndOffset: number
  #highWatermark: number
  #isWriteDue = false
  #isClosed = false
  #failure: { readonly error: Error; retryMs: number } | null = null

  /** Opens the directory, or makes it. Recovers first where the last run did not end in an orderly stop. */
  static open(input: OpenLogInput): PartitionLog {
    const environment = storageEnvironment(input)
    const { logStartOffset = 0, recoveryPoint = 0, producerIdleMs = DAY_MS } = input
    const loaded = loadLog({ ...input, environment, logStartOffset, recoveryPoint, producerIdleMs })
    return new PartitionLog(environment, input, loaded)
  }

  private constructor(environment: StorageEnvironment, input: OpenLogInput, loaded: LoadedLog) {
    this.#environment = environment
    this.topic = input.topic
    this.partition = input.partition
    this.directory = input.directory
    this.config = input.config
    this.#producerIdleMs = input.producerIdleMs ?? DAY_MS
    this.#tail = new Tail(environment.tails)
    this.#queue = new AppendQueue(this.#tail)
    this.#doomed = new DoomedFiles(environment)
    this.#segments = loaded.segments
    this.#snapshots = loaded.snapshots
    this.#producers = loaded.recovered?.producers ?? null
    this.#epochs = loaded.recovered?.epochs ?? null
    this.#logStartOffset = loaded.logStartOffset
    this.#logEndOffset = loaded.logEndOffset
    this.#writtenEndOffset = loaded.logEndOffset
    this.#highWatermark = clamp(input.highWatermark ?? 0, loaded.logStartOffset, loaded.logEndOffset)
    const flushed = loaded.recovered === null ? loaded.logEndOffset : (input.recoveryPoint ?? 0)
    this.#flusher = new LogFlusher(
      environment,
      Math.min(flushed, loaded.logEndOffset),
      () => this.flush(),
      (error) => this.#fail(error),
    )
  }

  /** The first offset that may be read: raised by retention and DeleteRecords; may lie inside a batch. */
  get logStartOffset(): number {
    return this.#logStartOffset
  }

  /** The offset that the next record gets, those included that are not in the file yet. */
  get logEndOffset(): number {
    return this.#logEndOffset
  }

  /** Everything below it is in the file, and can be read. */
  get writtenEndOffset(): number {
    return this.#writtenEndOffset
  }

  get highWatermark(): number {
    return this.#highWatermark
  }

  /** Up to where everything is known to be on the device. */
  get recoveryPoint(): number {
    return this.#flusher.recoveryPoint
  }

  /** Where reading committed records ends: the first record that is not decided, or the high watermark. */
  get lastStableOffset(): number {
    const unstable = this.producers.transactions.firstUnstableOffset
    if (unstable === null || unstable >= this.#highWatermark) return this.#highWatermark
    return Math.max(unstable, this.#logStartOffset)
  }

  get leaderEpochs(): LeaderEpochCache {
    this.#epochs ??= loadEpochs(this.#environment, this.directory, this.#segments, {
      logStartOffset: this.#logStartOffset,
      logEndOffset: this.#logEndOffset,
    })
    return this.#epochs
  }

  get producers(): ProducerStates {
    if (this.#producers === null) {
      this.#producers = this.#snapshots.load(this.#segments, this.#logEndOffset)
      this.#producers.transactions.forgetEndedBefore(this.#highWatermark)
    }
    return this.#producers
  }

  get segments(): readonly Segment[] {
    return this.#segments.all
  }

  get sizeBytes(): number {
    return this.#segments.sizeBytes
  }

  /** Why nothing more can be appended; null while all is well. */
  get failure(): Error | null {
    return this.#failure?.error ?? null
  }

  /** Calls `listener` with `writtenEndOffset` each time it has moved on. Returns a way to stop. */
  onWritten(listener: (writtenEndOffset: number) => void): () => void {
    return this.#written.add(listener)
  }

  /** Calls `listener` when writing has failed: what was appended after `writtenEndOffset` is lost. */
  onFailure(listener: (error: Error) => void): () => void {
    return this.#failed.add(listener)
  }

  /** This replica leads from here on: records of the epoch begin at the end of the log. */
  beginLeaderEpoch(epoch: number): void {
    this.leaderEpochs.assign(epoch, this.#logEndOffset)
  }

  /**
   * Appends one validated batch: gives it the next offsets and the epoch, in its own bytes, and queues it. The bytes must stay
   * as they are until the end of the tick.
   */
  append(bytes: Buffer, options: AppendOptions): AppendResult {
    if (this.#isFailed()) return { error: 'KAFKA_STORAGE_ERROR' }
    const batch = new RecordBatch(bytes)
    assert(batch.sizeBytes === bytes.length, `one batch of ${batch.sizeBytes} bytes in ${bytes.length}`)
    if (bytes.length > this.config.segmentBytes) return { error: 'RECORD_LIST_TOO_LARGE' }
    const verdict = this.producers.check(batch, options)
    if (verdict.kind === 'refused') return { error: verdict.error }
    if (verdict.kind === 'repeated') {
      const { lastOffset, offsetDelta, timestamp } = verdict.batch
      return this.#appended(lastOffset - offsetDelta, lastOffset, timestamp, true)
    }
    const baseOffset = this.#logEndOffset
    if (!this.#makeRoom(batch, baseOffset)) return { error: 'KAFKA_STORAGE_ERROR' }
    batch.setBaseOffset(baseOffset)
    batch.setPartitionLeaderEpoch(options.leaderEpoch)
    this.#enqueue(batch, bytes)
    const logAppendTimeMs = batch.timestampType === 'LogAppendTime' ? batch.maxTimestamp : -1
    return this.#appended(baseOffset, batch.lastOffset, logAppendTimeMs, false)
  }

  /**
   * Appends what a leader sent, as it is. An empty log may begin with a batch that starts before its end: the leader's log
   * start lies inside that batch.
   */
  appendAsFollower(bytes: Buffer): FollowerAppendResult {
    if (this.#isFailed()) return { error: 'KAFKA_STORAGE_ERROR', message: this.#failure!.error.message }
    if (this.#segments.sizeBytes + this.#queue.sizeBytes === 0) this.#stepBackTo(bytes)
    const batches = checkReplicated(bytes, this.#logEndOffset)
    if (!Array.isArray(batches)) return batches
    let sizeBytes = 0
    for (const batch of batches) {
      if (!this.#makeRoom(batch, batch.baseOffset))
        return { error: 'KAFKA_STORAGE_ERROR', message: this.#failure!.error.message }
      this.#enqueue(batch, batch.bytes())
      sizeBytes += batch.sizeBytes
    }
    return { nextOffset: this.#logEndOffset, sizeBytes }
  }

  /** Writes what is queued, without waiting for the end of the tick. */
  flushQueued(): void {
    this.#isWriteDue = false
    if (this.#queue.batches.length === 0) return
    try {
      this.leaderEpochs.save(this.#logEndOffset, false)
      this.#queue.writeTo(this.#segments.active, this.config.indexIntervalBytes)
      if (this.#flusher.mustFlush(this.#logEndOffset, this.config))
        this.#flusher.flush(this.#segments, this.#logEndOffset, false)
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#writtenEndOffset = this.#logEndOffset
    this.#written.tell(this.#writtenEndOffset)
  }

  /**
   * Whole batches from the one that holds `offset` on, up to `endOffset` (exclusive, and never beyond what is written).
   * `offset` lies between log start and end. @throws MalformedBytes where the file holds something that is no batch.
   */
  read(offset: number, bytesMax: number, limits: Omit<ReadLimits, 'bytesMax'>): LogRead {
    assert(
      offset >= this.#logStartOffset && offset <= this.#logEndOffset,
      `offset ${offset} is not in ${this.directory}`,
    )
    const endOffset = Math.min(limits.endOffset, this.#writtenEndOffset)
    const { minOneBatch } = limits
    return readLog(this.#segments, this.#tail, this.#environment.buffers, offset, { bytesMax, endOffset, minOneBatch })
  }

  /** Bytes that a read from `offset` up to `endOffset` would find, without reading them. */
  bytesBetween(offset: number, endOffset: number): number {
    return sizeBetween(this.#segments, this.#tail, offset, Math.min(endOffset, this.#writtenEndOffset))
  }

  /** The first record, by offset, that is not older than `timestamp`, below `endOffset`. @throws MalformedBytes */
  offsetForTimestamp(timestamp: number, endOffset = this.#writtenEndOffset): RecordPosition | null {
    const found = findByTimestamp(this.#segments, timestamp, this.#logStartOffset)
    return found !== null && found.offset < endOffset ? found : null
  }

  /** The first record that carries the largest timestamp; null when none carries any. @throws MalformedBytes */
  latestRecord(): RecordPosition | null {
    return findLatestRecord(this.#segments)
  }

  /** The largest known epoch up to `epoch` and the offset where it ended; -1 and -1 when this log cannot say. */
  endOffsetForEpoch(epoch: number): { epoch: number; endOffset: number } {
    return this.leaderEpochs.endOffsetFor(epoch, this.#logEndOffset)
  }

  /** What a consumer of committed records must skip in [from, to). */
  abortedTransactions(from: number, to: number): AbortedTransaction[] {
    const segments = this.#segments.from(from)
    return abortedBetween(indexesOf(segments), from, to)
  }

  /** Sets the high watermark, kept between log start and what is written. Whether it only rises is the owner's to see to. */
  updateHighWatermark(offset: number): void {
    this.#highWatermark = clamp(offset, this.#logStartOffset, this.#writtenEndOffset)
    this.#producers?.transactions.forgetEndedBefore(this.#highWatermark)
  }

  /** Raises the log start to `offset`, at most the high watermark, and removes segments below it. Returns the log start. */
  deleteRecordsTo(offset: number): number {
    assert(offset <= this.#highWatermark, `cannot delete up to ${offset}, beyond the high watermark`)
    if (offset > this.#logStartOffset) {
      this.#raiseLogStart(offset)
      this.deleteOldSegments()
    }
    return this.#logStartOffset
  }

  /** Removes segments that have outlived the topic's retention. Returns how many. */
  deleteOldSegments(): number {
    const count = countExpired(this.#segments, {
      config: this.config,
      logStartOffset: this.#logStartOffset,
      logEndOffset: this.#writtenEndOffset,
      highWatermark: this.#highWatermark,
      nowMs: this.#environment.clock.now(),
    })
    if (count === 0 || this.#failure !== null) return 0
    if (count === this.#segments.all.length) this.roll()
    const removed = this.#segments.removeFirst(count)
    this.#doomed.removeLater(
      removed.flatMap((segment) => segment.markDeleted()),
      this.config.fileDeleteDelayMs,
    )
    this.#raiseLogStart(this.#segments.first.baseOffset)
    this.#snapshots.prune(this.#segments)
    return count
  }

  /** Forgets producers that have been idle for too long. */
  expireProducers(): void {
    this.#producers?.expire(this.#environment.clock.now(), this.#producerIdleMs)
  }

  /** Cuts off everything from `offset` on; the batch that holds it goes as a whole. */
  truncateTo(offset: number): void {
    this.flushQueued()
    if (offset < this.#segments.first.baseOffset) {
      this.truncateFullyAndStartAt(offset)
      return
    }
    this.#attempt(() => {
      this.leaderEpochs.truncateFromEnd(offset)
      if (offset < this.#logEndOffset) {
        for (const segment of this.#segments.removeAfter(offset)) segment.remove()
        this.#segments.active.truncateTo(offset)
        this.#startFrom(offset, Math.min(this.#logStartOffset, offset))
        this.#producers = null
      }
      this.leaderEpochs.save(offset, true)
    })
  }

  /** Removes everything: the next record gets `offset`. */
  truncateFullyAndStartAt(offset: number, logStartOffset = offset): void {
    this.flushQueued()
    this.#attempt(() => {
      for (const segment of this.#segments.all) segment.remove()
      const { directory, config } = this
      this.#segments = new Segments([newSegment(this.#environment, directory, offset, config)])
      this.#snapshots.removeAll()
      this.leaderEpochs.clear()
      this.leaderEpochs.save(offset, true)
      this.#startFrom(offset, logStartOffset)
      this.#highWatermark = Math.max(offset, logStartOffset)
      this.#producers = new ProducerStates()
    })
  }

  /** Begins a new segment at the end of the log, unless the last one is empty. */
  roll(): void {
    this.flushQueued()
    this.#rollAt(this.#logEndOffset)
  }

  /** Returns when everything appended so far is on the device. */
  flush(): void {
    this.flushQueued()
    this.#attempt(() => this.#flusher.flush(this.#segments, this.#writtenEndOffset, false))
  }

  /** An orderly end: everything on the device, and kept so that the next start need not look. */
  close(): void {
    if (this.#isClosed) return
    this.flushQueued()
    this.#attempt(() => {
      this.#segments.active.seal()
      if (this.#producers !== null) this.#snapshots.take(this.#logEndOffset, this.#producers, true)
      this.#snapshots.prune(this.#segments)
      this.#epochs?.save(this.#logEndOffset, true)
      if (this.recoveryPoint < this.#logEndOffset) this.#flusher.flush(this.#segments, this.#logEndOffset, true)
      this.#doomed.removeNow()
    })
    this.abandon()
  }

  /** Lets go of the files as they are. */
  abandon(): void {
    this.#isClosed = true
    this.#queue.clear()
    this.#flusher.close()
    this.#doomed.abandon()
    this.#tail.clear()
    for (const segment of this.#segments.all) segment.close()
  }

  /** Whether nothing can be appended. A log that found the disk full tries again once there is room. */
  #isFailed(): boolean {
    assert(!this.#isClosed, `${this.directory} is closed`)
    const failure = this.#failure
    if (failure === null) return false
    const { clock, disk } = this.#environment
    if (!isDiskFull(failure.error) || clock.monotonicMs() < failure.retryMs) return true
    failure.retryMs = clock.monotonicMs() + FULL_DISK_RETRY_MS
    if (disk.space(this.directory).usableBytes < FREE_BYTES_MIN) return true
    this.#recover()
    return this.#failure !== null
  }

  /** Reads the log again as after a crash, once what made it fail is gone. */
  #recover(): void {
    for (const segment of this.#segments.all) segment.close()
    this.#failure = null
    this.#attempt(() => {
      const { directory, config, recoveryPoint } = this
      const producerIdleMs = this.#producerIdleMs
      const logStartOffset = this.#logStartOffset
      const environment = this.#environment
      const input = { environment, directory, config, logStartOffset, recoveryPoint, producerIdleMs }
      const loaded = loadLog({ ...input, wasCleanShutdown: false })
      this.#segments = loaded.segments
      this.#snapshots = loaded.snapshots
      this.#startFrom(loaded.logEndOffset, loaded.logStartOffset)
      this.#producers = loaded.recovered?.producers ?? null
      this.#epochs = loaded.recovered?.epochs ?? null
    })
  }

  /** Runs what touches the disk; an error there is the end of this log. */
  #attempt(act: () => void): void {
    if (this.#failure !== null || this.#isClosed) return
    try {
      act()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(cause: unknown): void {
    if (this.#failure !== null) return
    const error = cause instanceof Error ? cause : new Error(String(cause))
    this.#failure = { error, retryMs: this.#environment.clock.monotonicMs() + FULL_DISK_RETRY_MS }
    this.#environment.log.error(`Writing to ${this.directory} failed, it takes no more records: ${error.message}`)
    this.#queue.clear()
    this.#segments.active.discardWaiting()
    this.#logEndOffset = this.#writtenEndOffset
    this.#failed.tell(error)
  }

  #appended(baseOffset: number, lastOffset: number, logAppendTimeMs: number, duplicate: boolean): AppendResult {
    return { baseOffset, lastOffset, logAppendTimeMs, logStartOffset: this.#logStartOffset, duplicate }
  }

  #enqueue(batch: RecordBatch, bytes: Buffer): void {
    const { baseOffset, lastOffset, partitionLeaderEpoch, maxTimestamp } = batch
    const aborted = this.producers.apply(batch)
    if (partitionLeaderEpoch > this.leaderEpochs.latestEpoch) this.leaderEpochs.assign(partitionLeaderEpoch, baseOffset)
    this.#queue.add({ bytes, sizeBytes: bytes.length, baseOffset, lastOffset, maxTimestamp, aborted })
    this.#logEndOffset = lastOffset + 1
    if (this.#isWriteDue) return
    this.#isWriteDue = true
    this.#environment.atTickEnd(() => this.flushQueued())
  }

  /** Rolls where the active segment cannot take the batch. False when that has failed. */
  #makeRoom(batch: RecordBatch, baseOffset: number): boolean {
    const { config } = this
    const lastOffset = baseOffset + batch.lastOffsetDelta
    const facts = { sizeBytes: batch.sizeBytes, lastOffset, maxTimestamp: batch.maxTimestamp }
    const { active } = this.#segments
    const queued = this.#queue.batches
    if (active.indexesNearlyFull(queued.length, config)) this.flushQueued()
    const nowMs = this.#environment.clock.now()
    if (this.#failure === null && active.mustRollBefore(facts, queued, this.#queue.sizeBytes, config, nowMs)) {
      this.flushQueued()
      this.#rollAt(lastOffset - this.#logEndOffset > OFFSET_SPAN_MAX ? baseOffset : this.#logEndOffset)
    }
    return this.#failure === null
  }

  #rollAt(newBase: number): void {
    const { active } = this.#segments
    if (active.baseOffset === newBase) return
    this.#attempt(() => {
      active.seal()
      const snapshot = this.#snapshots.take(this.#logEndOffset, this.producers, false)
      this.#segments.add(newSegment(this.#environment, this.directory, newBase, this.config))
      this.#snapshots.prune(this.#segments)
      this.#flusher.flushLater(active, snapshot, this.#logEndOffset)
    })
  }

  /** For an empty log whose leader begins inside the first batch that it sends. */
  #stepBackTo(bytes: Buffer): void {
    for (const batch of batchesIn(bytes)) {
      const isInside = batch.baseOffset < this.#logEndOffset && batch.lastOffset >= this.#logEndOffset
      if (isInside) this.truncateFullyAndStartAt(batch.baseOffset, this.#logStartOffset)
      return
    }
  }

  /** The log ends at `endOffset` now, and nothing of what was in memory beyond it counts. */
  #startFrom(endOffset: number, logStartOffset: number): void {
    this.#tail.clear()
    this.#flusher.truncatedTo(endOffset)
    this.#logEndOffset = endOffset
    this.#writtenEndOffset = endOffset
    this.#logStartOffset = logStartOffset
    this.#highWatermark = clamp(this.#highWatermark, logStartOffset, endOffset)
  }

  #raiseLogStart(offset: number): void {
    if (offset <= this.#logStartOffset) return
    this.#logStartOffset = offset
    this.#highWatermark = Math.max(this.#highWatermark, offset)
    this.leaderEpochs.truncateFromStart(offset)
    this.leaderEpochs.save(this.#writtenEndOffset, false)
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high))
}

function* indexesOf(segments: readonly Segment[]) {
  for (const segment of segments) yield segment.transactions
}
