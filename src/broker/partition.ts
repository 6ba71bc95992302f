import type { Clock } from '../base/clock.js'
import type { Uuid } from '../bytes/uuid.js'
import type { PartitionImage } from '../cluster/image.js'
import { RECOVERING } from '../cluster/leader-state.js'
import { ErrorCode } from '../protocol/errors.js'
import type { Appended, AppendOptions, FollowerAppendResult } from '../storage/append.js'
import type { PartitionLog } from '../storage/partition-log.js'
import { InSyncReplicas, type LeaderOffsets } from './in-sync-replicas.js'
import type { ReplicationView } from './replication-view.js'
import { TransactionGuards } from './transaction-guards.js'
import { Signal } from './waiting.js'

/** Produce's word for "when all in-sync replicas have it". */
export const ACKS_ALL = -1

export interface PartitionAppendOptions extends Omit<AppendOptions, 'leaderEpoch'> {
  /** With -1 the in-sync replicas must be as many as the topic asks for, or nothing is appended. */
  readonly acks?: number
}

export type PartitionAppendResult = Appended | { readonly error: ErrorCode }
export type CommitResult = { readonly error?: undefined; readonly baseOffset: number } | { readonly error: ErrorCode }

interface CommitWaiter {
  readonly endOffset: number
  readonly resolve: (error: ErrorCode) => void
}

/**
 * A replica that this broker holds: its log, and what the controller has decided about it. As leader it takes appends and
 * says what is committed; the high watermark is the least that any in-sync replica has.
 */
export class Partition {
  /** Something moved: log end, high watermark, last stable offset, log start, or who leads. */
  readonly changes = new Signal()
  /** `topic-index`, as messages name it. */
  readonly name: string
  readonly #nodeId: number
  #image: PartitionImage
  #log: PartitionLog
  #unwatch: () => void
  #isLeader = false
  #isGone = false
  /** Where the records of this leader epoch begin: until the high watermark is there, the latest offset is not known. */
  #epochStartOffset = 0
  readonly #inSync: InSyncReplicas
  #commitWaiters: CommitWaiter[] = []
  #guards: TransactionGuards | null = null
  #written: { readonly promise: Promise<void>; readonly resolve: () => void } | null = null

  constructor(
    readonly topic: string,
    readonly topicId: Uuid,
    readonly index: number,
    log: PartitionLog,
    image: PartitionImage,
    o: { readonly nodeId: number; readonly clock: Clock; readonly view: ReplicationView },
  ) {
    this.name = `${topic}-${index}`
    this.#nodeId = o.nodeId
    this.#image = image
    this.#inSync = new InSyncReplicas(
      { ...o, topicId, index, onAgreed: ({ type: _, ...agreed }) => this.#decided({ ...this.#image, ...agreed }) },
      image,
    )
    this.#log = log
    this.#unwatch = this.#watch()
  }

  get log(): PartitionLog {
    return this.#log
  }

  /** Of transactions that are about to begin here. */
  get guards(): TransactionGuards {
    this.#guards ??= new TransactionGuards(this.#log)
    return this.#guards
  }

  get isLeader(): boolean {
    return this.#isLeader
  }

  /** The broker that leads; -1 where no one does. */
  get leader(): number {
    return this.#image.leader
  }

  get leaderEpoch(): number {
    return this.#image.leaderEpoch
  }

  get isr(): readonly number[] {
    return this.#image.isr
  }

  get replicas(): readonly number[] {
    return this.#image.replicas
  }

  /** Whether the leader was not in sync when it was elected, and others have not come to it since. */
  get isRecovering(): boolean {
    return this.#image.leaderRecoveryState === RECOVERING
  }

  /** Deleted, or moved to other brokers. */
  get isGone(): boolean {
    return this.#isGone
  }

  /** Writing has failed, and what was on its way is lost; the log itself finds out when it works again. */
  get #hasFailed(): boolean {
    return this.log.failure !== null
  }

  get highWatermark(): number {
    return this.log.highWatermark
  }

  get lastStableOffset(): number {
    return this.log.lastStableOffset
  }

  /** Whether the leader is too new to know how far its predecessor's records were committed. */
  get isCatchingUp(): boolean {
    // A log whose end was cut off by hand while nobody ran is found to be shorter when it is first used.
    return this.#isLeader && this.log.highWatermark < Math.min(this.#epochStartOffset, this.log.logEndOffset)
  }

  /** `min.insync.replicas`, as far as there are replicas at all. */
  get isUnderMinIsr(): boolean {
    return this.isr.length < Math.min(this.log.config.minInsyncReplicas, this.replicas.length)
  }

  /** The least log start offset among the replicas that live: what DeleteRecords waits for. -1 while one is not known. */
  get lowWatermark(): number {
    return Math.min(this.log.logStartOffset, this.#inSync.leastLogStart)
  }

  /** What is wrong with a client's idea of the leader epoch; -1 is no idea. */
  checkLeaderEpoch(epoch: number): ErrorCode {
    if (epoch === -1 || epoch === this.leaderEpoch) return ErrorCode.NONE
    return epoch < this.leaderEpoch ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH
  }

  /** Takes over what the controller has decided. Returns what this replica is now, where that is new. */
  follow(image: PartitionImage): 'leader' | 'follower' | null {
    // The answer to a proposal may have come before the metadata that it led to.
    if (image.partitionEpoch < this.#image.partitionEpoch) return null
    const wasLeader = this.#isLeader
    const isNewEpoch = image.leaderEpoch !== this.#image.leaderEpoch
    this.#image = image
    this.#inSync.decided(image)
    this.#isLeader = image.leader === this.#nodeId
    const isNewLeader = this.#isLeader && (!wasLeader || isNewEpoch)
    if (isNewLeader) this.#beginToLead(!wasLeader)
    if (wasLeader && !this.#isLeader) this.#inSync.resign()
    this.#progressed()
    if (isNewLeader) return 'leader'
    return !this.#isLeader && (wasLeader || isNewEpoch) ? 'follower' : null
  }

  /** The same records in another directory: everything appended so far has been written to both. */
  replaceLog(log: PartitionLog): void {
    this.#unwatch()
    this.#log = log
    if (this.#guards !== null) this.#guards.log = log
    this.#unwatch = this.#watch()
    if (this.#isLeader) log.beginLeaderEpoch(this.leaderEpoch)
    this.#progressed()
  }

  /** The replica is not held here any more: whoever waits for it is told. */
  leave(): void {
    this.#isGone = true
    this.#isLeader = false
    this.#inSync.resign()
    this.#progressed()
  }

  /** Why nothing can be appended with these acks, whatever it is. */
  refusesAppend(acks: number): ErrorCode {
    if (!this.#isLeader) return ErrorCode.NOT_LEADER_OR_FOLLOWER
    return acks === ACKS_ALL && this.isUnderMinIsr ? ErrorCode.NOT_ENOUGH_REPLICAS : ErrorCode.NONE
  }

  /** Leader only. The batch is in the file once `whenWritten` resolves, and must stay as it is until then. */
  append(batch: Buffer, options: PartitionAppendOptions): PartitionAppendResult {
    const { acks = 1, origin, firstSequenceIsZero, markerRaisesEpoch } = options
    const refused = this.refusesAppend(acks)
    if (refused !== ErrorCode.NONE) return { error: refused }
    const { leaderEpoch } = this
    const result = this.log.append(batch, { origin, firstSequenceIsZero, markerRaisesEpoch, leaderEpoch })
    if (result.error !== undefined) return { error: ErrorCode[result.error] }
    this.#guards?.appended(batch)
    return result
  }

  /** Resolves when everything appended so far has been written, or cannot be. */
  whenWritten(): Promise<void> {
    if (this.#isSettled) return Promise.resolve()
    if (this.#written === null) {
      let resolve: () => void = () => {}
      const promise = new Promise<void>((done) => {
        resolve = done
      })
      this.#written = { promise, resolve }
    }
    return this.#written.promise
  }

  /** What has become of an append that ends at `endOffset`: null while that is open. */
  commitOutcome(endOffset: number): ErrorCode | null {
    if (this.#hasFailed && this.log.writtenEndOffset < endOffset) return ErrorCode.KAFKA_STORAGE_ERROR
    if (!this.#isLeader) return ErrorCode.NOT_LEADER_OR_FOLLOWER
    if (this.log.highWatermark < endOffset) return null
    return this.isUnderMinIsr ? ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND : ErrorCode.NONE
  }

  /** Resolves once that is known. */
  whenCommitted(endOffset: number): Promise<ErrorCode> {
    const outcome = this.commitOutcome(endOffset)
    if (outcome !== null) return Promise.resolve(outcome)
    return new Promise((resolve) => this.#commitWaiters.push({ endOffset, resolve }))
  }

  /** Whether a broker holds another replica of this partition. */
  isFollower(id: number): boolean {
    return id !== this.#nodeId && this.replicas.includes(id)
  }

  /** Leader only: whether a follower's fetch comes from before its broker was started again. */
  isStaleFetch(id: number, brokerEpoch: number): boolean {
    return this.#inSync.isStale(id, brokerEpoch)
  }

  /** Leader only: a follower's fetch says what it has. */
  followerFetched(id: number, fetchOffset: number, logStartOffset: number, brokerEpoch = -1): void {
    this.#inSync.fetched(id, fetchOffset, logStartOffset, brokerEpoch, this.log.writtenEndOffset)
    this.#inSync.maybeExpand(id, this.#offsets)
    this.#progressed()
  }

  /** Leader only: proposes an ISR without those that have lacked something for too long. Returns who that is. */
  shrinkIsr(): readonly number[] {
    if (!this.#isLeader) return []
    const lagging = this.#inSync.maybeShrink(this.#offsets)
    if (lagging.length > 0) this.#progressed()
    return lagging
  }

  /** Followers that are in sync and have what lies at `offset`, with how far each has come. */
  *followersWith(offset: number): Iterable<{ id: number; logEndOffset: number; lastCaughtUpMs: number }> {
    for (const id of this.isr) {
      const progress = this.#inSync.progressOf(id)
      if (progress === undefined || progress.logEndOffset < offset || progress.logStartOffset > offset) continue
      const { logEndOffset, lastCaughtUpMs } = progress
      yield { id, logEndOffset, lastCaughtUpMs }
    }
  }

  /** Follower only: takes over records as the leader has them; they are in the file when it returns. */
  appendFromLeader(records: Buffer): FollowerAppendResult {
    const result = this.log.appendAsFollower(records)
    if (result.error === undefined) this.#guards?.replicated(records)
    this.log.flushQueued()
    return result
  }

  /**
   * Follower only: what the leader says is committed, as far as it has come here, and where its log begins. A new leader may know
   * less than this replica of what is committed; that is committed all the same.
   */
  learn(highWatermark: number, logStartOffset: number): void {
    const { log } = this
    const [committed, start] = [log.highWatermark, log.logStartOffset]
    if (highWatermark > committed) log.updateHighWatermark(highWatermark)
    if (logStartOffset > start) log.deleteRecordsTo(Math.min(logStartOffset, log.highWatermark))
    if (log.highWatermark !== committed || log.logStartOffset !== start) this.changes.fire()
  }

  /** Follower only: what the leader does not have goes; returns how many records of it had been committed. */
  truncateTo(offset: number): number {
    const lost = Math.max(0, this.highWatermark - offset)
    this.log.truncateTo(offset)
    this.changes.fire()
    return lost
  }

  /** Leader only: raises the log start; one that is there already is no error. */
  deleteRecordsTo(offset: number): ErrorCode {
    if (offset < 0 || offset > this.highWatermark) return ErrorCode.OFFSET_OUT_OF_RANGE
    this.log.deleteRecordsTo(offset)
    this.changes.fire()
    return this.log.logStartOffset < offset ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.NONE
  }

  #watch(): () => void {
    const { log } = this
    const unwatch = [log.onWritten(() => this.#progressed()), log.onFailure(() => this.#progressed())]
    return () => {
      for (const stop of unwatch) stop()
    }
  }

  #beginToLead(isNewLeader: boolean): void {
    this.#inSync.beginEpoch(isNewLeader)
    this.#epochStartOffset = this.log.logEndOffset
    this.log.beginLeaderEpoch(this.leaderEpoch)
  }

  #decided(image: PartitionImage): void {
    if (!this.#isLeader || image.partitionEpoch <= this.#image.partitionEpoch) return
    this.#image = image
    this.#inSync.decided(image)
    this.#progressed()
  }

  get #offsets(): LeaderOffsets {
    const { writtenEndOffset, highWatermark } = this.log
    return { endOffset: writtenEndOffset, highWatermark, epochStartOffset: this.#epochStartOffset }
  }

  #progressed(): void {
    if (this.#isLeader) this.#advanceHighWatermark()
    this.#tellWritten()
    if (this.#commitWaiters.length > 0) this.#tellCommitted()
    this.changes.fire()
  }

  /** Never back within an epoch, and not at all with fewer in-sync replicas than the topic asks for (KIP-966). */
  #advanceHighWatermark(): void {
    if (this.isUnderMinIsr) return
    const committed = this.#inSync.commonEnd(this.log.writtenEndOffset)
    if (committed > this.log.highWatermark) this.log.updateHighWatermark(committed)
  }

  /** Nothing is on its way to the file, or it will never get there. */
  get #isSettled(): boolean {
    return this.#isGone || this.log.writtenEndOffset >= this.log.logEndOffset
  }

  #tellWritten(): void {
    if (this.#written === null || !this.#isSettled) return
    const { resolve } = this.#written
    this.#written = null
    resolve()
  }

  #tellCommitted(): void {
    const open: CommitWaiter[] = []
    for (const waiter of this.#commitWaiters) {
      const outcome = this.commitOutcome(waiter.endOffset)
      if (outcome === null) open.push(waiter)
      else waiter.resolve(outcome)
    }
    this.#commitWaiters = open
  }
}
