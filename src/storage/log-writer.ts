import { assert } from '../base/assert.js'
import { batchesIn, RecordBatch } from '../records/batch.js'
import { type AppendOptions, type AppendResult, checkReplicated, type FollowerAppendResult } from './append.js'
import { AppendQueue } from './append-queue.js'
import type { LogFlusher } from './log-flusher.js'
import { newSegment } from './log-loader.js'
import type { LogState } from './log-state.js'
import { LostSequences } from './lost-sequences.js'
import type { LogListeners } from './open-log.js'
import { OFFSET_SPAN_MAX } from './segment.js'
import type { Tail } from './tail-cache.js'
import { FREE_BYTES_MIN, isPassing } from './write-fully.js'

/** How long a log that found the disk full waits before it looks again. */
const FULL_DISK_RETRY_MS = 1000

/** The one who writes to a log: gives offsets, gathers what one tick brings, rolls, and stops at the first error. */
export class LogWriter {
  readonly #queue: AppendQueue
  readonly #lost = new LostSequences()
  #isWriteDue = false
  #isClosed = false
  #failure: { readonly error: Error; retryMs: number } | null = null

  constructor(
    readonly state: LogState,
    readonly flusher: LogFlusher,
    tail: Tail,
    readonly listeners: LogListeners,
    /** Reads the log again as after a crash. */
    readonly reload: () => void,
  ) {
    this.#queue = new AppendQueue(tail)
  }

  get failure(): Error | null {
    return this.#failure?.error ?? null
  }

  append(bytes: Buffer, options: AppendOptions): AppendResult {
    const batch = new RecordBatch(bytes)
    if (!this.canWrite()) return this.#lose(batch)
    const { state } = this
    assert(batch.sizeBytes === bytes.length, `one batch of ${batch.sizeBytes} bytes in ${bytes.length}`)
    if (bytes.length > state.config.segmentBytes) return { error: 'RECORD_LIST_TOO_LARGE' }
    const verdict = state.producers.check(batch, options)
    if (verdict.kind === 'refused') return { error: verdict.error }
    if (verdict.kind === 'repeated') {
      const { lastOffset, offsetDelta, timestamp } = verdict.batch
      return this.#appended(lastOffset - offsetDelta, lastOffset, timestamp, true)
    }
    const isAfterLost = options.origin === 'client' && this.#lost.isAfterLost(batch)
    if (isAfterLost && state.producers.find(batch.producerId) === null) return { error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' }
    const baseOffset = state.logEndOffset
    if (!this.#makeRoom(batch, baseOffset)) return this.#lose(batch)
    this.#lost.found(batch)
    batch.setBaseOffset(baseOffset)
    batch.setPartitionLeaderEpoch(options.leaderEpoch)
    this.#enqueue(batch, bytes)
    const logAppendTimeMs = batch.timestampType === 'LogAppendTime' ? batch.maxTimestamp : -1
    return this.#appended(baseOffset, batch.lastOffset, logAppendTimeMs, false)
  }

  appendAsFollower(bytes: Buffer): FollowerAppendResult {
    if (!this.canWrite()) return this.#refusedForFailure()
    const batches = checkReplicated(bytes, this.state.logEndOffset)
    if (!Array.isArray(batches)) return batches
    let sizeBytes = 0
    for (const batch of batches) {
      if (!this.#makeRoom(batch, batch.baseOffset)) return this.#refusedForFailure()
      this.#enqueue(batch, batch.bytes())
      sizeBytes += batch.sizeBytes
    }
    return { nextOffset: this.state.logEndOffset, sizeBytes }
  }

  /**
   * Where an empty log has to begin to take these batches: before its end, when the leader's log start lies inside the first of
   * them. Null when it begins right.
   */
  startInsideFirst(bytes: Buffer): number | null {
    const { segments, logEndOffset } = this.state
    if (segments.sizeBytes + this.#queue.sizeBytes > 0) return null
    for (const { baseOffset, lastOffset } of batchesIn(bytes))
      return baseOffset < logEndOffset && lastOffset >= logEndOffset ? baseOffset : null
    return null
  }

  /** Writes what is queued. */
  flushQueued(): void {
    this.#isWriteDue = false
    if (this.#queue.batches.length === 0) return
    const { state, flusher } = this
    this.attempt(() => {
      state.saveEpochs(state.logEndOffset)
      this.#queue.writeTo(state.segments.active, state.config.indexIntervalBytes)
      if (flusher.mustFlush(state.logEndOffset, state.config)) flusher.flush(state.segments, state.logEndOffset)
      state.writtenEndOffset = state.logEndOffset
    })
    if (this.#failure === null) this.listeners.written.tell(state.writtenEndOffset)
  }

  /** Begins a new segment at `baseOffset`, unless the active one begins there. */
  rollAt(baseOffset: number): void {
    const { segments, snapshots, environment, directory, config } = this.state
    const { active } = segments
    if (active.baseOffset === baseOffset) return
    this.attempt(() => {
      const { logEndOffset, producers } = this.state
      active.seal()
      const snapshot = snapshots.take(logEndOffset, producers, false)
      segments.add(newSegment(environment, directory, baseOffset, config))
      snapshots.prune(segments)
      this.flusher.flushLater(active, snapshot, logEndOffset)
    })
  }

  /** Runs what touches the disk; after an error there the log takes nothing more. */
  attempt(act: () => void): void {
    if (this.#failure !== null || this.#isClosed) return
    try {
      act()
    } catch (error) {
      this.fail(error)
    }
  }

  /** As `attempt`, where what failed may work again. */
  attemptAgain(act: () => void): void {
    if (!this.#isClosed && this.canWrite()) this.attempt(act)
  }

  fail(cause: unknown): void {
    if (this.#failure !== null) return
    const { environment, directory, segments } = this.state
    const error = cause instanceof Error ? cause : new Error(String(cause))
    this.#failure = { error, retryMs: environment.clock.monotonicMs() + FULL_DISK_RETRY_MS }
    environment.log.error(`Writing to ${directory} failed, it takes no more records: ${error.message}`)
    for (const { bytes } of this.#queue.batches) this.#lost.lose(new RecordBatch(bytes))
    this.#queue.clear()
    segments.active.discardWaiting()
    this.state.logEndOffset = this.state.writtenEndOffset
    this.listeners.failed.tell(error)
  }

  close(): void {
    this.#isClosed = true
    this.#queue.clear()
  }

  /** Whether anything can be written. A log that found the disk full tries again once there is room. */
  canWrite(): boolean {
    assert(!this.#isClosed, `${this.state.directory} is closed`)
    const failure = this.#failure
    if (failure === null) return true
    const { clock, disk } = this.state.environment
    if (!isPassing(failure.error) || clock.monotonicMs() < failure.retryMs) return false
    failure.retryMs = clock.monotonicMs() + FULL_DISK_RETRY_MS
    if (disk.space(this.state.directory).usableBytes < FREE_BYTES_MIN) return false
    this.#failure = null
    this.attempt(this.reload)
    return this.#failure === null
  }

  #lose(batch: RecordBatch): AppendResult {
    this.#lost.lose(batch)
    return { error: 'KAFKA_STORAGE_ERROR' }
  }

  #refusedForFailure(): FollowerAppendResult {
    return { error: 'KAFKA_STORAGE_ERROR', message: this.#failure?.error.message ?? '' }
  }

  #appended(baseOffset: number, lastOffset: number, logAppendTimeMs: number, duplicate: boolean): AppendResult {
    return { baseOffset, lastOffset, logAppendTimeMs, logStartOffset: this.state.logStartOffset, duplicate }
  }

  #enqueue(batch: RecordBatch, bytes: Buffer): void {
    const { producers, epochs, environment } = this.state
    const { baseOffset, lastOffset, partitionLeaderEpoch, maxTimestamp } = batch
    const aborted = producers.apply(batch)
    if (partitionLeaderEpoch > epochs.latestEpoch) epochs.assign(partitionLeaderEpoch, baseOffset)
    this.#queue.add({ bytes, sizeBytes: bytes.length, baseOffset, lastOffset, maxTimestamp, aborted })
    this.state.logEndOffset = lastOffset + 1
    if (this.#isWriteDue) return
    this.#isWriteDue = true
    environment.atTickEnd(() => this.flushQueued())
  }

  /** Rolls where the active segment cannot take the batch. False when that has failed. */
  #makeRoom(batch: RecordBatch, baseOffset: number): boolean {
    const { config, segments, environment, logEndOffset } = this.state
    const { active } = segments
    const lastOffset = baseOffset + batch.lastOffsetDelta
    const facts = { sizeBytes: batch.sizeBytes, lastOffset, maxTimestamp: batch.maxTimestamp }
    const queue = this.#queue
    if (active.indexesNearlyFull(queue.batches.length, config)) this.flushQueued()
    const nowMs = environment.clock.now()
    if (this.#failure === null && active.mustRollBefore(facts, queue.batches, queue.sizeBytes, config, nowMs)) {
      this.flushQueued()
      this.rollAt(lastOffset - logEndOffset > OFFSET_SPAN_MAX ? baseOffset : logEndOffset)
    }
    return this.#failure === null
  }
}
