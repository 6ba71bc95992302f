import { assert } from '../base/assert.js'
import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Random } from '../base/random.js'
import { Effects } from '../coordination/effects.js'
import type { ErrorCode } from '../protocol/errors.js'
import type { QuorumEffect, QuorumTimer, SnapshotId } from '../quorum/effects.js'
import {
  type BeginEpochRequest,
  beginEpochAnswered,
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
import { type QuorumAnswer, type VoteAnswer, type VoteRequest, voteAnswered, voteRequested } from '../quorum/vote.js'
import { buildKRaftControlBatch } from '../records/control.js'
import type { Disk } from '../storage/disk.js'
import type { PartitionLog } from '../storage/partition-log.js'
import { StorageError } from '../storage/storage-error.js'
import { MetadataQuorumLog } from './metadata-quorum-log.js'
import { readQuorumState, writeQuorumState } from './quorum-state.js'
import { Signal } from './waiting.js'

/** A timer that is later than this has been kept from running … */
const LATE_MS = 50
/** … and waits so much longer, for what came too late to be looked at. */
const CATCH_UP_MS = 10

/** How requests to other voters get there, and what comes back. */
export interface QuorumCalls {
  vote(to: number, request: VoteRequest): Promise<VoteAnswer>
  beginEpoch(to: number, request: BeginEpochRequest): Promise<QuorumAnswer>
  endEpoch(to: number, request: EndEpochRequest): Promise<QuorumAnswer>
}

export interface MetadataQuorumOptions {
  readonly nodeId: number
  readonly voters: readonly number[]
  readonly config: QuorumConfig
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly disk: Disk
  readonly partitionLog: PartitionLog
  readonly calls: QuorumCalls
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
  readonly #timers = new Map<QuorumTimer, Timer>()
  #observer: QuorumObserver | null = null
  #isClosed = false

  constructor(options: MetadataQuorumOptions) {
    this.#options = options
    const { nodeId, voters, config, random, disk, partitionLog } = options
    const state = readQuorumState(disk, partitionLog.directory)
    const remembered = state && { epoch: state.leaderEpoch, leaderId: state.leaderId, votedId: state.votedId }
    const log = new MetadataQuorumLog(disk, partitionLog)
    this.#quorum = new Quorum(nodeId, [...voters].sort(ascending), config, random, log, remembered)
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

  get voters(): readonly number[] {
    return this.#quorum.voters
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
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
    this.changes.fire()
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  turn<T>(act: (turn: Turn) => T): T {
    const effects = new Effects<QuorumTimer, QuorumEffect>()
    const before = this.#position
    const result = act({ quorum: this.#quorum, now: this.#options.clock.now(), effects })
    this.#carryOut(effects)
    if (before !== this.#position) this.changes.fire()
    return result
  }

  /** Changes with everything that a parked fetch waits for. */
  get #position(): string {
    const { log, epoch, leaderId, role } = this.#quorum
    return `${epoch} ${leaderId} ${role.name} ${log.endOffset} ${log.highWatermark}`
  }

  #carryOut({ list }: Effects<QuorumTimer, QuorumEffect>): void {
    const news: (() => void)[] = []
    list.forEach((effect, at) => {
      if (effect.type === 'set timer') this.#setTimer(effect.timer, effect.delayMs)
      else if (effect.type === 'cancel timer') this.#cancelTimer(effect.timer)
      // Who elects itself in one turn need not remember each step of it.
      else if (effect.type === 'own' && !(effect.own.type === 'persist' && isReplaced(list.slice(at + 1))))
        this.#do(effect.own, news)
    })
    for (const tell of news) tell()
  }

  #do(effect: QuorumEffect, news: (() => void)[]): void {
    const { partitionLog, log, clock } = this.#options
    const observer = this.#observer!
    switch (effect.type) {
      case 'persist':
        this.#persist(effect.state)
        break
      case 'send':
        void this.#send(effect.to, effect.request)
        break
      case 'append leader change': {
        const [voters, grantingVoters] = [effect.voters, effect.grantingVoters].map((ids) =>
          ids.map((voterId) => ({ voterId })),
        )
        const { leaderId } = this.#quorum
        partitionLog.beginLeaderEpoch(effect.epoch)
        const record = {
          type: 'LEADER_CHANGE',
          version: 0,
          leaderId: leaderId!,
          voters: voters!,
          grantingVoters: grantingVoters!,
        } as const
        this.#write(buildKRaftControlBatch({ record, timestamp: clock.now() }))
        news.push(() => this.turn(written))
        break
      }
      case 'truncate':
        log.info(`Truncating the metadata log to ${effect.endOffset}`)
        partitionLog.truncateTo(effect.endOffset)
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

  #persist(state: { readonly epoch: number; readonly leaderId: number; readonly votedId: number }): void {
    const { disk, partitionLog } = this.#options
    const { epoch, leaderId, votedId } = state
    writeQuorumState(disk, partitionLog.directory, { leaderId, leaderEpoch: epoch, votedId, voters: this.voters })
  }

  async #send(to: number, request: Extract<QuorumEffect, { type: 'send' }>['request']): Promise<void> {
    const { calls, nodeId, log } = this.#options
    const { type, epoch } = request
    try {
      if (type === 'vote') {
        const answer = await calls.vote(to, { candidate: nodeId, ...request })
        if (!this.#isClosed) this.turn((turn) => voteAnswered(turn, to, request, answer))
      } else if (type === 'begin epoch') {
        const answer = await calls.beginEpoch(to, { leaderId: nodeId, epoch })
        if (!this.#isClosed) this.turn((turn) => beginEpochAnswered(turn, to, answer))
      } else await calls.endEpoch(to, { leaderId: nodeId, ...request })
    } catch (error) {
      // It is asked again when the time for it comes; who is down is no news.
      log.debug(`Node ${to} gives no answer to '${type}': ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** Into the file, and onto the device where others count on it. */
  #write(batch: Buffer): number {
    const { partitionLog } = this.#options
    const result = partitionLog.append(batch, { leaderEpoch: this.epoch, origin: 'coordinator' })
    partitionLog.flushQueued()
    if (result.error !== undefined || partitionLog.failure !== null)
      throw new StorageError(`The metadata log cannot be written: ${partitionLog.failure?.message ?? result.error}`)
    if (this.voters.length > 1) partitionLog.flush()
    return result.lastOffset + 1
  }

  #appendAsFollower(records: Buffer): boolean {
    const { partitionLog, log } = this.#options
    const hadFailed = partitionLog.failure !== null
    const result = partitionLog.appendAsFollower(records)
    partitionLog.flushQueued()
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

  #setTimer(timer: QuorumTimer, delayMs: number): void {
    this.#cancelTimer(timer)
    if (this.#isClosed) return
    const { clock } = this.#options
    const dueMs = clock.monotonicMs() + delayMs
    const act = (): void => {
      this.#timers.delete(timer)
      this.turn((turn) => runOut(turn, timer))
    }
    const due = (): void => {
      // A process that stood still has not read yet what came meanwhile.
      if (clock.monotonicMs() > dueMs + LATE_MS) this.#timers.set(timer, clock.after(CATCH_UP_MS, act))
      else act()
    }
    this.#timers.set(timer, clock.after(delayMs, due))
  }

  #cancelTimer(timer: QuorumTimer): void {
    this.#timers.get(timer)?.cancel()
    this.#timers.delete(timer)
  }
}

type Listed = Effects<QuorumTimer, QuorumEffect>['list']

/** Whether the same turn remembers something newer before anybody hears of it. */
function isReplaced(rest: Listed): boolean {
  for (const effect of rest) {
    if (effect.type !== 'own') continue
    if (effect.own.type === 'persist') return true
    if (effect.own.type === 'send' || effect.own.type === 'append leader change') return false
  }
  return false
}

function ascending(a: number, b: number): number {
  return a - b
}
