import type { Effects } from '../coordination/effects.js'

/**
 * `election` ends an election, or the wait before one; `fetch` the patience with a leader that does not answer; `check quorum`
 * a leader's patience with its voters; `begin epoch` tells voters again who leads.
 */
export type QuorumTimer = 'election' | 'fetch' | 'check quorum' | 'begin epoch'

/** What must be on the device before anything after it is carried out: a vote that is forgotten could be given twice. */
export interface ElectionState {
  readonly epoch: number
  /** -1 where none is known. */
  readonly leaderId: number
  /** -1 where this epoch's vote has not been given. */
  readonly votedId: number
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
  | { readonly type: 'end epoch'; readonly epoch: number; readonly preferredSuccessors: readonly number[] }

export type QuorumEffect =
  | { readonly type: 'persist'; readonly state: ElectionState }
  | { readonly type: 'send'; readonly to: number; readonly request: QuorumRequest }
  /** The first record of a leader's epoch: nothing counts as committed before it is. */
  | {
      readonly type: 'append leader change'
      readonly epoch: number
      readonly voters: readonly number[]
      readonly grantingVoters: readonly number[]
    }
  | { readonly type: 'truncate'; readonly endOffset: number }
  | { readonly type: 'fetch snapshot'; readonly snapshot: SnapshotId; readonly from: number }
  | { readonly type: 'advance high watermark'; readonly highWatermark: number }
  /** Who leads, in which epoch, has changed; null is nobody that is known. */
  | { readonly type: 'leader'; readonly leaderId: number | null; readonly epoch: number }

export type QuorumEffects = Effects<QuorumTimer, QuorumEffect>
