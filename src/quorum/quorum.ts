import type { Random } from '../base/random.js'
import type { ElectionState, QuorumEffects, SnapshotId } from './effects.js'
import type { LeaderRole } from './leader.js'
import type { Votes } from './votes.js'

/** `controller.quorum.*`, in milliseconds; read each time. */
export interface QuorumConfig {
  readonly electionTimeoutMs: number
  readonly fetchTimeoutMs: number
  readonly electionBackoffMsMax: number
}

/** What elections must know of the log that the quorum keeps. */
export interface QuorumLog {
  readonly startOffset: number
  /** Of what is in the file. */
  readonly endOffset: number
  /** Leader epoch of the last record; 0 where there is none. */
  readonly lastEpoch: number
  readonly highWatermark: number
  readonly latestSnapshot: SnapshotId | null
  /** The largest epoch not above `epoch`, and where it ends; -1 and -1 where there is none. */
  endOffsetForEpoch(epoch: number): { readonly epoch: number; readonly endOffset: number }
}

/** What a member is at the moment (KIP-595, KIP-996). */
export type Role =
  | { readonly name: 'unattached' }
  | { readonly name: 'resigned' }
  /** Asks whether it would be elected, before it raises the epoch. */
  | { readonly name: 'prospective'; readonly votes: Votes }
  | { readonly name: 'candidate'; readonly votes: Votes }
  | {
      readonly name: 'follower'
      hasFetched: boolean
      /** There was word that the leader's node is gone. */
      isLeaderGone: boolean
    }
  | LeaderRole

/** One member of a Raft quorum: what it remembers, and what it is. Who is no voter only follows. */
export class Quorum {
  epoch: number
  leaderId: number | null
  votedId: number | null
  role: Role = { name: 'unattached' }

  constructor(
    readonly id: number,
    /** Ascending. */
    readonly voters: readonly number[],
    readonly config: QuorumConfig,
    readonly random: Random,
    readonly log: QuorumLog,
    remembered: ElectionState | null,
  ) {
    this.epoch = Math.max(remembered?.epoch ?? 0, log.lastEpoch)
    const isCurrent = remembered?.epoch === this.epoch
    this.leaderId = isCurrent && remembered.leaderId >= 0 ? remembered.leaderId : null
    this.votedId = isCurrent && remembered.votedId >= 0 ? remembered.votedId : null
  }

  get isVoter(): boolean {
    return this.voters.includes(this.id)
  }

  get otherVoters(): number[] {
    return this.voters.filter((id) => id !== this.id)
  }

  /** The role, if it leads. */
  get leading(): LeaderRole | null {
    return this.role.name === 'leader' ? this.role : null
  }

  /** Random, so that two members seldom stand for election at the same time. */
  electionTimeout(): number {
    const { electionTimeoutMs } = this.config
    return electionTimeoutMs + this.random.int(electionTimeoutMs)
  }

  /** Whether a log that ends so has all that this one has. */
  isUpToDate(lastEpoch: number, lastOffset: number): boolean {
    const { log } = this
    return lastEpoch > log.lastEpoch || (lastEpoch === log.lastEpoch && lastOffset >= log.endOffset)
  }
}

/** One event being dealt with. */
export interface Turn {
  readonly quorum: Quorum
  readonly now: number
  readonly effects: QuorumEffects
}
