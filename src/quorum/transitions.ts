import { assert } from '../base/assert.js'
import { LeaderRole } from './leader.js'
import type { Role, Turn } from './quorum.js'
import { Votes } from './votes.js'

/** How much longer than a voter's patience with its leader the leader's with its voters is. */
const CHECK_QUORUM_FACTOR = 1.5

/** Waits in `epoch` to hear of a leader. The vote that was given in it stays given. */
export function becomeUnattached(turn: Turn, epoch: number): void {
  const { quorum } = turn
  enter(
    turn,
    { name: 'unattached' },
    { epoch, leaderId: null, votedId: epoch === quorum.epoch ? quorum.votedId : null },
  )
  awaitElection(turn)
}

/** Has given its vote, and waits for what comes of it. */
export function becomeVoted(turn: Turn, epoch: number, candidate: number): void {
  enter(turn, { name: 'unattached' }, { epoch, leaderId: null, votedId: candidate })
  awaitElection(turn)
}

export function becomeFollower(turn: Turn, epoch: number, leaderId: number): void {
  const { quorum } = turn
  assert(leaderId !== quorum.id, 'nobody follows itself')
  const votedId = epoch === quorum.epoch ? quorum.votedId : null
  enter(turn, { name: 'follower', hasFetched: false, isLeaderGone: false }, { epoch, leaderId, votedId })
  turn.effects.setTimer('fetch', quorum.config.fetchTimeoutMs)
}

/** Asks the others whether they would elect it, which costs nothing if they would not (KIP-996). */
export function becomeProspective(turn: Turn): void {
  const { quorum } = turn
  const { epoch, leaderId, votedId } = quorum
  const votes = new Votes(quorum.voters, quorum.id)
  enter(turn, { name: 'prospective', votes }, { epoch, leaderId, votedId })
  if (votes.isWon) becomeCandidate(turn)
  else standForElection(turn, true)
}

/** Stands for election in a new epoch. */
export function becomeCandidate(turn: Turn): void {
  const { quorum } = turn
  const votes = new Votes(quorum.voters, quorum.id)
  enter(turn, { name: 'candidate', votes }, { epoch: quorum.epoch + 1, leaderId: null, votedId: quorum.id })
  if (votes.isWon) becomeLeader(turn, votes)
  else standForElection(turn, false)
}

export function becomeLeader(turn: Turn, votes: Votes): void {
  const { quorum, effects } = turn
  const { epoch, id, voters } = quorum
  const role = new LeaderRole(id, voters, quorum.log.endOffset, turn.now)
  enter(turn, role, { epoch, leaderId: id, votedId: quorum.votedId })
  effects.own({ type: 'append leader change', epoch, voters, grantingVoters: votes.granting })
  for (const to of role.untold) effects.own({ type: 'send', to, request: { type: 'begin epoch', epoch } })
  if (role.untold.size === 0) return
  effects.setTimer('begin epoch', quorum.config.fetchTimeoutMs / 2)
  effects.setTimer('check quorum', checkQuorumMs(turn))
}

/** Leads no more, and tells nobody that somebody else does: that is for an election to say. */
export function becomeResigned(turn: Turn): void {
  const { quorum } = turn
  const { epoch, leaderId, votedId } = quorum
  enter(turn, { name: 'resigned' }, { epoch, leaderId, votedId })
  turn.effects.own({ type: 'leader', leaderId: null, epoch })
  awaitElection(turn)
}

export function checkQuorumMs({ quorum }: Turn): number {
  return quorum.config.fetchTimeoutMs * CHECK_QUORUM_FACTOR
}

interface Memory {
  readonly epoch: number
  readonly leaderId: number | null
  readonly votedId: number | null
}

function enter(turn: Turn, role: Role, { epoch, leaderId, votedId }: Memory): void {
  const { quorum, effects } = turn
  assert(epoch >= quorum.epoch, 'epochs never go back')
  const isNewEpoch = epoch !== quorum.epoch
  assert(isNewEpoch || quorum.votedId === null || quorum.votedId === votedId, 'a vote is given once')
  const isNewLeader = leaderId !== quorum.leaderId || isNewEpoch
  const isNews = isNewLeader || votedId !== quorum.votedId
  Object.assign(quorum, { epoch, leaderId, votedId, role })
  for (const timer of ['election', 'fetch', 'check quorum', 'begin epoch'] as const) effects.cancelTimer(timer)
  // As Kafka writes it: that a leader voted for itself needs no telling.
  const voted = role.name === 'leader' ? null : votedId
  if (isNews) effects.own({ type: 'persist', state: { epoch, leaderId: leaderId ?? -1, votedId: voted ?? -1 } })
  if (isNewLeader) effects.own({ type: 'leader', leaderId, epoch })
}

function awaitElection({ quorum, effects }: Turn): void {
  if (quorum.isVoter) effects.setTimer('election', quorum.electionTimeout())
}

function standForElection({ quorum, effects }: Turn, isPreVote: boolean): void {
  const { epoch, log } = quorum
  const request = { type: 'vote', epoch, lastEpoch: log.lastEpoch, lastOffset: log.endOffset, isPreVote } as const
  for (const to of quorum.otherVoters) effects.own({ type: 'send', to, request })
  effects.setTimer('election', quorum.electionTimeout())
}
