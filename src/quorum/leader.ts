import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import { majorityOf } from './votes.js'

/** How far the leader knows a replica of the log to be. */
export interface ReplicaProgress {
  /** The directory that it keeps its log in; the zero id until it has said. */
  directoryId: Uuid
  /** -1 until it has fetched. */
  endOffset: number
  /** -1 until then. */
  lastFetchMs: number
  lastCaughtUpMs: number
}

/** What a leader keeps of the others. */
export class LeaderRole {
  readonly name = 'leader'
  readonly voters: Map<number, ReplicaProgress>
  readonly observers = new Map<number, ReplicaProgress>()
  /** Voters that have not shown yet that they know who leads. */
  readonly untold: Set<number>

  constructor(
    readonly id: number,
    voterIds: readonly number[],
    /** Where the records of its epoch begin. */
    readonly epochStartOffset: number,
    readonly sinceMs: number,
  ) {
    this.voters = new Map(voterIds.map((voter) => [voter, unknownProgress()]))
    this.untold = new Set(voterIds.filter((voter) => voter !== id))
  }

  /** The leader's own log has grown. */
  wrote(endOffset: number, now: number): void {
    Object.assign(this.voters.get(this.id) ?? unknownProgress(), { endOffset, lastFetchMs: now, lastCaughtUpMs: now })
  }

  /** A replica asks for what comes at `fetchOffset`: it has everything before. */
  fetched(
    replica: number,
    fetchOffset: number,
    leaderEndOffset: number,
    now: number,
    directoryId: Uuid = ZERO_UUID,
  ): void {
    const progress = this.#progressOf(replica)
    progress.directoryId = directoryId
    if (fetchOffset >= leaderEndOffset) progress.lastCaughtUpMs = now
    // As far as it had to come when it last asked: then it had caught up then.
    else if (progress.lastFetchMs > 0 && fetchOffset >= this.#endOffsetAtFetch(replica)) {
      progress.lastCaughtUpMs = Math.max(progress.lastCaughtUpMs, progress.lastFetchMs)
    }
    progress.endOffset = Math.max(progress.endOffset, fetchOffset)
    progress.lastFetchMs = now
    this.#leaderEnds.set(replica, leaderEndOffset)
    this.untold.delete(replica)
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
    const heard = [...this.voters].filter(([id, { lastFetchMs }]) => id === this.id || lastFetchMs >= sinceMs).length
    // A voter that leads without being one of the voters needs a majority of the others.
    return heard >= majorityOf(this.voters.size)
  }

  /** The other voters, whoever has most of the log first. */
  get successors(): number[] {
    return [...this.voters]
      .filter(([id]) => id !== this.id)
      .sort(([a, { endOffset: endOfA }], [b, { endOffset: endOfB }]) => endOfB - endOfA || a - b)
      .map(([id]) => id)
  }

  /** Observers that are not heard of are forgotten. */
  forgetObservers(beforeMs: number): void {
    for (const [id, { lastFetchMs }] of this.observers) if (lastFetchMs < beforeMs) this.observers.delete(id)
  }

  readonly #leaderEnds = new Map<number, number>()

  #endOffsetAtFetch(replica: number): number {
    return this.#leaderEnds.get(replica) ?? Number.MAX_SAFE_INTEGER
  }

  #progressOf(replica: number): ReplicaProgress {
    const known = this.voters.get(replica) ?? this.observers.get(replica)
    if (known !== undefined) return known
    const progress = unknownProgress()
    this.observers.set(replica, progress)
    return progress
  }
}

function unknownProgress(): ReplicaProgress {
  return { directoryId: ZERO_UUID, endOffset: -1, lastFetchMs: -1, lastCaughtUpMs: -1 }
}
