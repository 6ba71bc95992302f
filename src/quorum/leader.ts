import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import type { PendingVoterChange } from './voter-changes.js'
import type { ReplicaKey, VoterSet } from './voter-set.js'
import { majorityOf } from './votes.js'

/** How far the leader knows a replica of the log to be. */
export interface ReplicaProgress {
  readonly id: number
  /** The directory that it keeps its log in; the zero id until it has said. */
  directoryId: Uuid
  /** -1 until it has fetched. */
  endOffset: number
  /** -1 until then. */
  lastFetchMs: number
  lastCaughtUpMs: number
  /** Where the leader's log ended when it last asked; -1 until then. */
  leaderEndOffset: number
}

/** What a leader keeps of the others. */
export class LeaderRole {
  readonly name = 'leader'
  voterSet: VoterSet
  voters = new Map<number, ReplicaProgress>()
  /** Replicas without a vote, by id and directory. */
  readonly observers = new Map<string, ReplicaProgress>()
  /** Voters that have not shown yet that they know who leads. */
  readonly untold = new Set<number>()
  /** Since when it may expect its voters to fetch. */
  patientSinceMs: number
  /** The voters with what they tell of themselves, as long as the log has no place for that (`kraft.version` 0). */
  described: VoterSet | null = null
  /** One at a time. */
  pending: PendingVoterChange | null = null
  readonly #self: ReplicaProgress

  constructor(
    readonly self: ReplicaKey,
    voters: VoterSet,
    /** Where the records of its epoch begin. */
    readonly epochStartOffset: number,
    sinceMs: number,
  ) {
    this.patientSinceMs = sinceMs
    this.#self = { ...unknownProgress(self), directoryId: self.directoryId }
    this.observers.set(keyOf(self), this.#self)
    this.voterSet = voters
    this.follow(voters)
  }

  /** Goes by these voters from now on. Who has its vote no more is an observer. */
  follow(voters: VoterSet): void {
    const before = this.voters
    this.voterSet = voters
    this.voters = new Map()
    for (const { id, directoryId } of voters.all) {
      const known = before.get(id)
      // The leader may only now learn which directory a voter that was configured has.
      const isSame = known !== undefined && (known.directoryId === ZERO_UUID || voters.has(known))
      const observed = this.#takeObserver({ id, directoryId })
      const progress = (isSame ? known : observed) ?? unknownProgress({ id, directoryId })
      if (directoryId !== ZERO_UUID) progress.directoryId = directoryId
      this.voters.set(id, progress)
      if (isSame) before.delete(id)
      else if (id !== this.self.id) this.untold.add(id)
    }
    for (const [id, progress] of before) {
      this.untold.delete(id)
      this.observers.set(keyOf(progress), progress)
    }
    for (const id of this.untold) if (!this.voters.has(id)) this.untold.delete(id)
  }

  #takeObserver({ id, directoryId }: ReplicaKey): ReplicaProgress | undefined {
    for (const [key, observer] of this.observers) {
      if (observer.id !== id || (directoryId !== ZERO_UUID && observer.directoryId !== directoryId)) continue
      this.observers.delete(key)
      return observer
    }
    return undefined
  }

  /** The leader's own log has grown. */
  wrote(endOffset: number, now: number): void {
    Object.assign(this.#self, { endOffset, lastFetchMs: now, lastCaughtUpMs: now })
  }

  /** A replica asks for what comes at `fetchOffset`: it has everything before. */
  fetched(replica: ReplicaKey, fetchOffset: number, leaderEndOffset: number, now: number): void {
    const progress = this.#progressOf(replica)
    progress.directoryId = replica.directoryId
    if (fetchOffset >= leaderEndOffset) progress.lastCaughtUpMs = now
    // As far as it had to come when it last asked: then it had caught up then.
    else if (progress.leaderEndOffset > 0 && fetchOffset >= progress.leaderEndOffset) {
      progress.lastCaughtUpMs = Math.max(progress.lastCaughtUpMs, progress.lastFetchMs)
    }
    progress.endOffset = Math.max(progress.endOffset, fetchOffset)
    progress.lastFetchMs = now
    progress.leaderEndOffset = leaderEndOffset
    if (this.voterSet.has(replica)) this.untold.delete(replica.id)
  }

  /** Below this every record is in the logs of a majority; null while no record of this leader's epoch is. */
  get committedOffset(): number | null {
    const ends = [...this.voters.values()].map(({ endOffset }) => endOffset).sort((a, b) => b - a)
    const committed = ends[majorityOf(ends.length) - 1]!
    // A record of an earlier epoch may still be replaced until one of this epoch stands behind it (Raft, 5.4.2).
    return committed > this.epochStartOffset ? committed : null
  }

  /** Whether a majority of the voters, this one counted, has fetched since `sinceMs`. */
  isHeardSince(sinceMs: number): boolean {
    const isHeard = ([id, { lastFetchMs }]: [number, ReplicaProgress]): boolean =>
      id === this.self.id || lastFetchMs >= sinceMs
    // A leader without a vote needs a majority of the others.
    return [...this.voters].filter(isHeard).length >= majorityOf(this.voters.size)
  }

  /** The other voters, whoever has most of the log first. */
  get successors(): ReplicaKey[] {
    return [...this.voters.values()]
      .filter(({ id }) => id !== this.self.id)
      .sort((a, b) => b.endOffset - a.endOffset || a.id - b.id)
      .map(({ id }) => ({ id, directoryId: this.voterSet.get(id)!.directoryId }))
  }

  /** Of who has a vote, and of who has not; undefined until it has fetched. */
  progressOf(replica: ReplicaKey): ReplicaProgress | undefined {
    return this.voterSet.has(replica) ? this.voters.get(replica.id) : this.observers.get(keyOf(replica))
  }

  #progressOf(replica: ReplicaKey): ReplicaProgress {
    const known = this.progressOf(replica)
    if (known !== undefined) return known
    const progress = unknownProgress(replica)
    this.observers.set(keyOf(replica), progress)
    return progress
  }

  /** Observers that are not heard of are forgotten; a leader without a vote is one of them, and stays. */
  forgetObservers(beforeMs: number): void {
    for (const [key, observer] of this.observers) {
      if (observer !== this.#self && observer.lastFetchMs < beforeMs) this.observers.delete(key)
    }
  }
}

function keyOf({ id, directoryId }: ReplicaKey): string {
  return `${id} ${directoryId}`
}

function unknownProgress({ id, directoryId }: ReplicaKey): ReplicaProgress {
  return { id, directoryId, endOffset: -1, lastFetchMs: -1, lastCaughtUpMs: -1, leaderEndOffset: -1 }
}
