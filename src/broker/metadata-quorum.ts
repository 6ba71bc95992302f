import { assert } from '../base/assert.js'
import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Random } from '../base/random.js'
import { ZERO_UUID } from '../bytes/uuid.js'
import { type Asker, Effects } from '../coordination/effects.js'
import { ErrorCode } from '../protocol/errors.js'
import {
  type ElectionState,
  isForgotten,
  type QuorumEffect,
  type QuorumRequest,
  type QuorumTimer,
  type SnapshotId,
} from '../quorum/effects.js'
import {
  type BeginEpochRequest,
  beginEpochRequested,
  type EndEpochRequest,
  endEpochRequested,
  resign,
} from '../quorum/epochs.js'
import { Quorum, type QuorumConfig, type Turn } from '../quorum/quorum.js'
import {
  appended,
  type FetchAnswer,
  type FetchDecision,
  fetchAnswered,
  fetchRequested,
  leaderError,
  type ReplicaFetch,
  snapshotPartReceived,
  written,
} from '../quorum/replication.js'
import { leaderGone, runOut, start } from '../quorum/timeouts.js'
import { type QuorumAnswer, type VoteAnswer, type VoteRequest, voteRequested } from '../quorum/vote.js'
import {
  type AddVoterRequest,
  addVoterRequested,
  removeVoterRequested,
  type VoterChangeAnswer,
  voterVersionsAnswered,
} from '../quorum/voter-changes.js'
import type { ReplicaKey, Voter, VoterSet } from '../quorum/voter-set.js'
import { buildKRaftControlRecords, type KRaftControlRecord } from '../records/control.js'
import type { Disk } from '../storage/disk.js'
import type { PartitionLog } from '../storage/partition-log.js'
import { StorageError } from '../storage/storage-error.js'
import { isPassing } from '../storage/write-fully.js'
import { MetadataQuorumLog } from './metadata-quorum-log.js'
import { OwedEffects, type QuorumEffects } from './owed-effects.js'
import type { QuorumPace } from './quorum-pace.js'
import { type QuorumCalls, sendQuorumRequest } from './quorum-sending.js'
import { readQuorumState, writeQuorumState } from './quorum-state.js'
import { QuorumTimers } from './quorum-timers.js'
import { leaderChangeRecord, voterRecords } from './voter-records.js'
import { Signal } from './waiting.js'

/** Observers that are silent for so long are not shown any more. */
const OBSERVER_MS = 300_000
/** Before a full disk is tried again. */
const FULL_DISK_RETRY_MS = 1000

export interface MetadataQuorumOptions {
  /** This node, with the directory of its metadata, and what its controller listens on. */
  readonly self: Voter
  /** Who votes as long as the log does not say; empty where the log has to. */
  readonly configured: VoterSet
  readonly config: QuorumConfig
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly disk: Disk
  readonly partitionLog: PartitionLog
  readonly calls: QuorumCalls
  readonly pace: QuorumPace
}

/** Who wants to know what the quorum does. Called when everything that an event led to has been carried out. */
export interface QuorumObserver {
  highWatermarkMoved(): void
  /** Null is nobody that is known. */
  leaderChanged(leaderId: number | null, epoch: number): void
  /** The log is to begin with a snapshot of `from`'s. */
  snapshotWanted(snapshot: SnapshotId, from: number): void
}

/** This node's part in the quorum that keeps `__cluster_metadata-0` (KIP-595): the state machine with its disk, timers and network. */
export class MetadataQuorum {
  /** The log or the high watermark has moved, or somebody else leads. */
  readonly changes = new Signal()
  readonly #options: MetadataQuorumOptions
  readonly #quorum: Quorum
  readonly #log: MetadataQuorumLog
  readonly #timers: QuorumTimers
  #observer: QuorumObserver | null = null
  readonly #effects = new OwedEffects((effect, rest, news) => this.#carryOut(effect, rest, news))
  #isClosed = false

  constructor(options: MetadataQuorumOptions) {
    this.#options = options
    const { self, configured, config, random, disk, partitionLog, pace } = options
    const state = readQuorumState(disk, partitionLog.directory)
    this.#log = new MetadataQuorumLog(disk, partitionLog)
    this.#timers = new QuorumTimers(options.clock, (timer) => this.#ranOut(timer))
    const remembered = state && { ...state, epoch: state.leaderEpoch }
    this.#quorum = new Quorum(self, configured, pace.paced(config), random, this.#log, remembered)
  }

  /** Begins to take part. Who is the only voter leads when this returns. */
  start(observer: QuorumObserver): void {
    this.#observer = observer
    this.turn(start)
  }

  get epoch(): number {
    return this.#quorum.epoch
  }

  /** Null where none is known. */
  get leaderId(): number | null {
    const { leaderId, role, id } = this.#quorum
    return leaderId === id && role.name !== 'leader' ? null : leaderId
  }

  get isLeader(): boolean {
    return this.#quorum.leading !== null
  }

  get isVoter(): boolean {
    return this.#quorum.isVoter
  }

  get self(): Voter {
    return this.#quorum.self
  }

  get voters(): VoterSet {
    return this.#quorum.voters
  }

  /** From 1 on the voters stand in the log (KIP-853). */
  get kraftVersion(): number {
    return this.#log.kraftVersion
  }

  /** What a snapshot that goes up to that offset, the record there included, says of the voters. */
  voterRecordsAt(offset: number): KRaftControlRecord[] {
    return this.#log.history.recordsAt(offset)
  }

  /** Leader epoch of the last record. */
  get lastEpoch(): number {
    return this.#quorum.log.lastEpoch
  }

  /** Where the records of this leader begin; null where it does not lead. */
  get epochStartOffset(): number | null {
    return this.#quorum.leading?.epochStartOffset ?? null
  }

  /** Progress of voters and observers, as this node knows it as leader. */
  get replicas() {
    const { leading } = this.#quorum
    leading?.forgetObservers(this.#options.clock.now() - OBSERVER_MS)
    return leading === null ? null : { voters: leading.voters, observers: leading.observers }
  }

  /** Leader only: appends, and returns the offset after the batch. It counts once the high watermark is there. */
  append(batch: Buffer): number {
    assert(this.isLeader, 'only a leader appends')
    return this.turn((turn) => {
      const endOffset = this.#write(batch)
      written(turn)
      return endOffset
    })
  }

  vote(request: VoteRequest): VoteAnswer {
    return this.turn((turn) => voteRequested(turn, request))
  }

  beginEpoch(request: BeginEpochRequest): QuorumAnswer {
    return this.turn((turn) => beginEpochRequested(turn, request))
  }

  endEpoch(request: EndEpochRequest): QuorumAnswer {
    return this.turn((turn) => endEpochRequested(turn, request))
  }

  fetch(request: ReplicaFetch): FetchDecision {
    return this.turn((turn) => fetchRequested(turn, request))
  }

  /** NONE where this node answers for the log in that epoch. */
  leaderError(epoch: number): ErrorCode {
    return this.turn((turn) => leaderError(turn, epoch))
  }

  addVoter(request: AddVoterRequest): Promise<VoterChangeAnswer> {
    return this.#ask((turn, asker) => addVoterRequested(turn, request, asker))
  }

  removeVoter(voter: ReplicaKey): Promise<VoterChangeAnswer> {
    return this.#ask((turn, asker) => removeVoterRequested(turn, voter, asker))
  }

  /** The log begins with another snapshot. */
  logReplaced(): void {
    this.#log.history.reload()
  }

  /** What a leader has answered; its records are taken in. False where they cannot be. */
  fetched(answer: FetchAnswer, records: Buffer, leaderHighWatermark: number): boolean {
    if (!this.turn((turn) => fetchAnswered(turn, answer))) return true
    const isTaken = records.length === 0 || this.#appendAsFollower(records)
    this.turn((turn) => appended(turn, leaderHighWatermark))
    return isTaken
  }

  /** There is word that the leader's node is gone. */
  leaderGone(leaderId: number): void {
    this.turn((turn) => leaderGone(turn, leaderId))
  }

  snapshotPartReceived(): void {
    this.turn(snapshotPartReceived)
  }

  /** Hands over, if it leads. */
  resign(): void {
    this.turn(resign)
  }

  close(): void {
    this.#isClosed = true
    this.#timers.close()
    this.changes.fire()
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  turn<T>(act: (turn: Turn) => T): T {
    const effects = new Effects<QuorumTimer, QuorumEffect>()
    this.#effects.catchUp()
    const before = this.#position
    const result = act({ quorum: this.#quorum, now: this.#options.clock.now(), effects })
    this.#effects.run(effects.list)
    if (before !== this.#position) this.changes.fire()
    return result
  }

  #ask<Answer>(event: (turn: Turn, asker: Asker<Answer>) => void): Promise<Answer> {
    return new Promise((resolve) => {
      const asker: Waiting<Answer> = { resolve }
      this.turn((turn) => event(turn, asker))
    })
  }

  #ranOut(timer: QuorumTimer): void {
    try {
      this.turn((turn) => runOut(turn, timer))
    } catch (error) {
      if (!(error instanceof StorageError) && !isPassing(error)) throw error
      this.#options.log.error(`The metadata quorum waits for the disk: ${error instanceof Error ? error.message : ''}`)
      this.#timers.set(timer, FULL_DISK_RETRY_MS)
    }
  }

  /** Changes with everything that a parked fetch waits for. */
  get #position(): string {
    const { log, epoch, leaderId, role } = this.#quorum
    return `${epoch} ${leaderId} ${role.name} ${log.endOffset} ${log.highWatermark}`
  }

  #carryOut(effect: QuorumEffects[number], rest: QuorumEffects, news: (() => void)[]): void {
    if (effect.type === 'set timer') this.#timers.set(effect.timer, effect.delayMs)
    else if (effect.type === 'cancel timer') this.#timers.cancel(effect.timer)
    else if (effect.type === 'reply') news.push(() => (effect.to as Waiting<unknown>).resolve(effect.answer))
    // Who elects itself in one turn need not remember each step of it.
    else if (effect.type === 'own' && !(effect.own.type === 'persist' && isForgotten(rest))) this.#do(effect.own, news)
  }

  #do(effect: QuorumEffect, news: (() => void)[]): void {
    const { partitionLog, log } = this.#options
    const observer = this.#observer!
    switch (effect.type) {
      case 'persist':
        this.#persist(effect.state)
        break
      case 'send':
        void this.#send(effect.to, effect.request)
        break
      case 'append leader change': {
        const { kraftVersion = null, voters = null } = effect.records ?? {}
        partitionLog.beginLeaderEpoch(effect.epoch)
        this.#writeControl([leaderChangeRecord(this.#options.self.id, effect), ...voterRecords(kraftVersion, voters)])
        news.push(() => this.turn(written))
        break
      }
      case 'append voters': {
        const { kraftVersion, voters } = effect.records
        log.info(`The voters of the metadata quorum are ${voters.ids.join(', ')} from offset ${this.#log.endOffset} on`)
        this.#writeControl(voterRecords(kraftVersion, voters))
        news.push(() => this.turn(written))
        break
      }
      case 'ask versions':
        void this.#askVersions(effect.voter)
        break
      case 'truncate':
        log.info(`Truncating the metadata log to ${effect.endOffset}`)
        partitionLog.truncateTo(effect.endOffset)
        this.#log.history.truncated(effect.endOffset)
        break
      case 'fetch snapshot':
        news.push(() => observer.snapshotWanted(effect.snapshot, effect.from))
        break
      case 'advance high watermark':
        partitionLog.updateHighWatermark(effect.highWatermark)
        news.push(() => observer.highWatermarkMoved())
        break
      case 'leader':
        news.push(() => observer.leaderChanged(this.leaderId, effect.epoch))
    }
  }

  #persist({ epoch, ...state }: ElectionState): void {
    const { disk, partitionLog, pace } = this.#options
    const remembered = { ...state, leaderEpoch: epoch, voters: this.voters.ids }
    pace.timed(() => writeQuorumState(disk, partitionLog.directory, remembered, this.kraftVersion))
  }

  async #send(to: number, request: QuorumRequest): Promise<void> {
    const { calls, self, log } = this.#options
    const voter = this.voters.get(to) ?? { id: to, directoryId: ZERO_UUID }
    try {
      const answered = await sendQuorumRequest(calls, self, voter, request)
      if (!this.#isClosed) this.turn(answered)
    } catch (error) {
      // It is asked again when the time for it comes; who is down is no news.
      const reason = error instanceof Error ? error.message : String(error)
      log.debug(`Node ${to} gives no answer to '${request.type}': ${reason}`)
    }
  }

  async #askVersions(voter: Omit<Voter, 'kraftVersions'>): Promise<void> {
    const { calls, log } = this.#options
    const told = await calls.versionsOf(voter).catch((error: Error) => {
      log.info(`Node ${voter.id}, which is to vote, gives no answer: ${error.message}`)
      return { errorCode: ErrorCode.BROKER_NOT_AVAILABLE as ErrorCode, kraftVersions: null }
    })
    if (!this.#isClosed) this.turn((turn) => voterVersionsAnswered(turn, voter, told))
  }

  #writeControl(records: readonly KRaftControlRecord[]): void {
    const baseOffset = this.#log.endOffset
    const batch = buildKRaftControlRecords({ records, timestamp: this.#options.clock.now(), baseOffset })
    this.#write(batch)
    this.#log.history.appended(batch)
  }

  /** Into the file, and onto the device where others count on it. */
  #write(batch: Buffer): number {
    const { partitionLog } = this.#options
    const result = partitionLog.append(batch, { leaderEpoch: this.epoch, origin: 'coordinator' })
    this.#options.pace.timed(() => partitionLog.flushQueued())
    if (result.error !== undefined || partitionLog.failure !== null)
      throw new StorageError(`The metadata log cannot be written: ${partitionLog.failure?.message ?? result.error}`)
    if (this.voters.size > 1 || !this.isVoter) partitionLog.flush()
    return result.lastOffset + 1
  }

  #appendAsFollower(records: Buffer): boolean {
    const { partitionLog, log } = this.#options
    const hadFailed = partitionLog.failure !== null
    const result = partitionLog.appendAsFollower(records)
    this.#options.pace.timed(() => partitionLog.flushQueued())
    this.#log.history.appended(records)
    const { failure } = partitionLog
    if (result.error !== undefined || failure !== null) {
      // It is asked for again and again: once is enough to say.
      if (!hadFailed) log.error(`The leader's metadata is not taken: ${failure?.message ?? result.error}`)
      return false
    }
    // What a fetch says it has counts as kept: a power cut must not take it back.
    if (this.isVoter) partitionLog.flush()
    return true
  }
}

/** Somebody who waits for what comes of its request. */
interface Waiting<Answer> extends Asker<Answer> {
  readonly resolve: (answer: Answer) => void
}
