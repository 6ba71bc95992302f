import { ZERO_UUID } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'
import type { Turn } from './quorum.js'
import { returnFromAsking } from './timeouts.js'
import { becomeCandidate, becomeFollower, becomeLeader, becomeUnattached, becomeVoted } from './transitions.js'
import type { ReplicaKey } from './voter-set.js'

/** Elections that are still possible after any that honest voters come to. */
const EPOCH_MAX = 2 ** 30
/** By which voters that were cut off may be ahead of each other. */
const STEP_MAX = 1000

export interface VoteRequest {
  readonly candidate: ReplicaKey
  /** Whom it is meant for; null where that is not said. */
  readonly voter?: ReplicaKey | null
  readonly epoch: number
  readonly lastEpoch: number
  readonly lastOffset: number
  readonly isPreVote: boolean
}

/** What every answer in the quorum tells: who leads, as far as it is known. */
export interface QuorumAnswer {
  readonly errorCode: ErrorCode
  /** -1 where none is known. */
  readonly leaderId: number
  readonly epoch: number
}

export interface VoteAnswer extends QuorumAnswer {
  readonly isGranted: boolean
}

/** Another voter stands for election, or asks whether it should. */
export function voteRequested(turn: Turn, request: VoteRequest): VoteAnswer {
  const { quorum } = turn
  const { epoch, lastEpoch, lastOffset, candidate, isPreVote } = request
  if (epoch < quorum.epoch) return { ...known(turn, ErrorCode.FENCED_LEADER_EPOCH), isGranted: false }
  const isAhead = isPreVote ? lastEpoch > epoch : lastEpoch >= epoch
  if (epoch < 0 || lastEpoch < 0 || lastOffset < 0 || isAhead || isOutOfReach(turn, epoch))
    return { ...known(turn, ErrorCode.INVALID_REQUEST), isGranted: false }
  if (epoch > quorum.epoch) becomeUnattached(turn, epoch)
  if (!isFor(turn, request.voter)) return { ...known(turn, ErrorCode.INVALID_VOTER_KEY), isGranted: false }
  const isGranted = mayHaveVote(turn, request)
  if (isGranted && !isPreVote && quorum.voted === null) becomeVoted(turn, epoch, candidate)
  return { ...known(turn, ErrorCode.NONE), isGranted }
}

function mayHaveVote({ quorum }: Turn, { candidate, lastEpoch, lastOffset, isPreVote }: VoteRequest): boolean {
  const { role, leaderId, voted } = quorum
  const isUpToDate = quorum.isUpToDate(lastEpoch, lastOffset)
  if (isPreVote) {
    // Who hears from a leader sees no reason for another.
    const hasLeader = role.name === 'leader' || (role.name === 'follower' && role.hasFetched)
    return isUpToDate && !hasLeader
  }
  if (role.name !== 'unattached' && role.name !== 'prospective') return false
  // A vote that was remembered without a directory was for whichever it has.
  if (voted !== null) return voted.id === candidate.id && [ZERO_UUID, candidate.directoryId].includes(voted.directoryId)
  return leaderId === null && isUpToDate
}

/** `from` has answered a vote request of this epoch. */
export function voteAnswered(
  turn: Turn,
  from: number,
  asked: { epoch: number; isPreVote: boolean },
  answer: VoteAnswer,
): void {
  if (heardOf(turn, answer)) return
  const { quorum } = turn
  const { role } = quorum
  if (asked.epoch !== quorum.epoch || answer.errorCode !== ErrorCode.NONE) return
  if (role.name === 'prospective' && asked.isPreVote) {
    role.votes.record(from, answer.isGranted)
    if (role.votes.isWon) becomeCandidate(turn)
    else if (role.votes.isLost) returnFromAsking(turn)
  } else if (role.name === 'candidate' && !asked.isPreVote) {
    // Who has lost waits for the rest of its time: that keeps the others' chance.
    role.votes.record(from, answer.isGranted)
    if (role.votes.isWon) becomeLeader(turn, role.votes)
  }
}

/** Takes in what somebody says of the quorum's state. True where that has changed what this member is. */
export function heardOf(
  turn: Turn,
  { leaderId, epoch }: { readonly leaderId: number; readonly epoch: number },
): boolean {
  const { quorum } = turn
  const isSelf = leaderId === quorum.id
  if (isOutOfReach(turn, epoch)) return false
  if (epoch > quorum.epoch) {
    if (leaderId >= 0 && !isSelf) becomeFollower(turn, epoch, leaderId)
    else becomeUnattached(turn, epoch)
    return true
  }
  if (epoch < quorum.epoch || leaderId < 0 || isSelf || quorum.leading !== null) return false
  const isFollowing = quorum.leaderId === leaderId && quorum.role.name === 'follower'
  // Who asks whether it should stand has a leader by memory only: it goes on asking.
  if (isFollowing || (quorum.role.name === 'prospective' && quorum.leaderId === leaderId)) return false
  if (quorum.leaderId !== null && quorum.leaderId !== leaderId) return false
  becomeFollower(turn, epoch, leaderId)
  return true
}

/**
 * Whether an epoch is one that no elections lead to. After the last of 32 bits nobody can be elected any more: Kafka 4.3.1 follows whoever
 * names it, ends, and does not start again.
 */
export function isOutOfReach({ quorum }: Turn, epoch: number): boolean {
  return epoch > Math.max(EPOCH_MAX, quorum.epoch + STEP_MAX)
}

/** Whether a request that names its voter means this one: with another directory it would be another one. */
export function isFor({ quorum: { self } }: Turn, voter: ReplicaKey | null = null): boolean {
  return voter === null || (voter.id === self.id && [ZERO_UUID, self.directoryId].includes(voter.directoryId))
}

export function known({ quorum }: Turn, errorCode: ErrorCode): QuorumAnswer {
  return { errorCode, leaderId: quorum.leaderId ?? -1, epoch: quorum.epoch }
}
