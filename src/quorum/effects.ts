import type { Uuid } from '../bytes/uuid.js'
import type { Effects } from '../coordination/effects.js'
import type { ReplicaKey, Voter, VoterSet } from './voter-set.js'

/**
 * `election` ends an election, or the wait before one; `fetch` the patience with a leader that does not answer; `check quorum`
 * a leader's patience with its voters; `begin epoch` tells voters again who leads; `standing` is when a follower looks whether
 * it is known as what it is; `voter change` ends the patience with a change of the voters.
 */
export type QuorumTimer = 'election' | 'fetch' | 'check quorum' | 'begin epoch' | 'standing' | 'voter change'

/** What must be on the device before anything after it is carried out: a vote that is forgotten could be given twice. */
export interface ElectionState {
  readonly epoch: number
  /** -1 where none is known. */
  readonly leaderId: number
  /** -1 where this epoch's vote has not been given. */
  readonly votedId: number
  /** Of the voted one; the zero id where it is not known. */
  readonly votedDirectoryId: Uuid
}

export interface SnapshotId {
  readonly endOffset: number
  readonly epoch: number
}

/** Requests to other voters; answers come back as events of the same names. */
export type QuorumRequest =
  | {
      readonly type: 'vote'
      readonly epoch: number
      readonly lastEpoch: number
      readonly lastOffset: number
      readonly isPreVote: boolean
    }
  | { readonly type: 'begin epoch'; readonly epoch: number }
  | { readonly type: 'end epoch'; readonly epoch: number; readonly preferredSuccessors: readonly ReplicaKey[] }
  /** A voter tells the leader what it is. */
  | { readonly type: 'update voter'; readonly epoch: number; readonly voter: Voter }
  /** A controller asks the leader for a vote of its own, or for the end of that of its last directory. */
  | { readonly type: 'add voter'; readonly voter: Voter }
  | { readonly type: 'remove voter'; readonly voter: ReplicaKey }

/** Records that say who has a vote, and by which rules. */
export interface VoterRecords {
  /** Null where it stays. */
  readonly kraftVersion: number | null
  readonly voters: VoterSet
}

export type QuorumEffect =
  | { readonly type: 'persist'; readonly state: ElectionState }
  | { readonly type: 'send'; readonly to: number; readonly request: QuorumRequest }
  /** The first record of a leader's epoch: nothing counts as committed before it is. */
  | {
      readonly type: 'append leader change'
      readonly epoch: number
      readonly voters: readonly number[]
      readonly grantingVoters: readonly number[]
      /** What goes into the log together with it; null where there is nothing to say. */
      readonly records: VoterRecords | null
    }
  | { readonly type: 'append voters'; readonly records: VoterRecords }
  /** Which levels of `kraft.version` can that node run at? The answer comes back as `voterVersionsAnswered`. */
  | { readonly type: 'ask versions'; readonly voter: ReplicaKey & Pick<Voter, 'endpoints'> }
  | { readonly type: 'truncate'; readonly endOffset: number }
  | { readonly type: 'fetch snapshot'; readonly snapshot: SnapshotId; readonly from: number }
  | { readonly type: 'advance high watermark'; readonly highWatermark: number }
  /** Who leads, in which epoch, has changed; null is nobody that is known. */
  | { readonly type: 'leader'; readonly leaderId: number | null; readonly epoch: number }

export type QuorumEffects = Effects<QuorumTimer, QuorumEffect>

/** Whether what is to be remembered is replaced in the same turn before anybody hears of it, by one of these effects. */
export function isForgotten(rest: QuorumEffects['list']): boolean {
  for (const effect of rest) {
    if (effect.type !== 'own') continue
    if (effect.own.type === 'persist') return true
    if (effect.own.type === 'send' || effect.own.type === 'append leader change') return false
  }
  return false
}
