import type { Random } from '../base/random.js'
import type { ElectionState, QuorumEffects, SnapshotId } from './effects.js'
import type { LeaderRole } from './leader.js'
import type { ReplicaKey, Voter, VoterSet } from './voter-set.js'
import type { Votes } from './votes.js'

/** `controller.quorum.*`, in milliseconds; read each time. */
export interface QuorumConfig {
  readonly electionTimeoutMs: number
  readonly fetchTimeoutMs: number
  readonly electionBackoffMsMax: number
  readonly requestTimeoutMs: number
  /** Whether it asks for a vote where it has none. */
  readonly joinsByItself: boolean
}

/** Voters that stand in the log. */
export interface LoggedVoters {
  readonly voters: VoterSet
  /** -1 where the log begins with them. */
  readonly offset: number
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
  /** Who has a vote by the last record about that, committed or not; null where there is none. */
  readonly voters: LoggedVoters | null
  /** Of the feature, by the last record about it, committed or not: from 1 on the voters stand in the log (KIP-853). */
  readonly kraftVersion: number
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
      /** Whether the leader knows what this voter is, where the log does not say. */
      isKnown: boolean
    }
  | LeaderRole

/** One member of a Raft quorum: what it remembers, and what it is. Who is no voter only follows. */
export class Quorum {
  epoch: number
  leaderId: number | null
  voted: ReplicaKey | null
  role: Role = { name: 'unattached' }

  constructor(
    readonly self: Voter,
    /** Who has a vote as long as the log does not say. */
    readonly configured: VoterSet,
    readonly config: QuorumConfig,
    readonly random: Random,
    readonly log: QuorumLog,
    remembered: ElectionState | null,
  ) {
    this.epoch = Math.max(remembered?.epoch ?? 0, log.lastEpoch)
    const isCurrent = remembered?.epoch === this.epoch
    this.leaderId = isCurrent && remembered.leaderId >= 0 ? remembered.leaderId : null
    const { votedId = -1, votedDirectoryId } = remembered ?? {}
    this.voted = isCurrent && votedId >= 0 ? { id: votedId, directoryId: votedDirectoryId! } : null
  }

  get id(): number {
    return this.self.id
  }

  get voters(): VoterSet {
    return this.log.voters?.voters ?? this.configured
  }

  get isVoter(): boolean {
    return this.voters.has(this.self)
  }

  get otherVoters(): number[] {
    return this.voters.ids.filter((id) => id !== this.id)
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
