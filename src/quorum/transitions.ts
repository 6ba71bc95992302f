import { assert } from '../base/assert.js'
import { ZERO_UUID } from '../bytes/uuid.js'
import { LeaderRole } from './leader.js'
import type { Role, Turn } from './quorum.js'
import { dropVoterChange, recordsAtEpochStart } from './voter-changes.js'
import { isSameReplica, type ReplicaKey } from './voter-set.js'
import { Votes } from './votes.js'

/** How much longer than a voter's patience with its leader the leader's with its voters is. */
const CHECK_QUORUM_FACTOR = 1.5
const TIMERS = ['election', 'fetch', 'check quorum', 'begin epoch', 'standing', 'voter change'] as const

/** Waits in `epoch` to hear of a leader. The vote that was given in it stays given. */
export function becomeUnattached(turn: Turn, epoch: number): void {
  const { quorum } = turn
  enter(turn, { name: 'unattached' }, { epoch, leaderId: null, voted: epoch === quorum.epoch ? quorum.voted : null })
  awaitElection(turn)
}

/** Has given its vote, and waits for what comes of it. */
export function becomeVoted(turn: Turn, epoch: number, candidate: ReplicaKey): void {
  enter(turn, { name: 'unattached' }, { epoch, leaderId: null, voted: candidate })
  awaitElection(turn)
}

export function becomeFollower(turn: Turn, epoch: number, leaderId: number): void {
  const { quorum } = turn
  assert(leaderId !== quorum.id, 'nobody follows itself')
  const voted = epoch === quorum.epoch ? quorum.voted : null
  enter(turn, { name: 'follower', hasFetched: false, isLeaderGone: false, isKnown: false }, { epoch, leaderId, voted })
  turn.effects.setTimer('fetch', quorum.config.fetchTimeoutMs)
  turn.effects.setTimer('standing', quorum.config.fetchTimeoutMs)
}

/** Asks the others whether they would elect it, which costs nothing if they would not (KIP-996). */
export function becomeProspective(turn: Turn): void {
  const { quorum } = turn
  const { epoch, leaderId, voted } = quorum
  const votes = new Votes(quorum.voters.ids, quorum.id)
  enter(turn, { name: 'prospective', votes }, { epoch, leaderId, voted })
  if (votes.isWon) becomeCandidate(turn)
  else standForElection(turn, true)
}

/** Stands for election in a new epoch. */
export function becomeCandidate(turn: Turn): void {
  const { quorum } = turn
  const votes = new Votes(quorum.voters.ids, quorum.id)
  enter(turn, { name: 'candidate', votes }, { epoch: quorum.epoch + 1, leaderId: null, voted: ownKey(turn) })
  if (votes.isWon) becomeLeader(turn, votes)
  else standForElection(turn, false)
}

export function becomeLeader(turn: Turn, votes: Votes): void {
  const { quorum, effects } = turn
  const { epoch, id, voters, log, self, voted } = quorum
  const role = new LeaderRole(ownKey(turn), voters, log.endOffset, turn.now)
  if (log.kraftVersion === 0) role.described = voters.with(self)
  enter(turn, role, { epoch, leaderId: id, voted })
  const records = recordsAtEpochStart(quorum)
  effects.own({ type: 'append leader change', epoch, voters: voters.ids, grantingVoters: votes.granting, records })
  tellVoters(turn)
}

/** Says to voters that do not know it yet who leads, and expects them to fetch from now on. */
export function tellVoters(turn: Turn): void {
  const { quorum, effects, now } = turn
  const role = quorum.leading
  if (role === null) return
  const { epoch, config } = quorum
  role.patientSinceMs = now
  for (const to of role.untold) effects.own({ type: 'send', to, request: { type: 'begin epoch', epoch } })
  for (const timer of ['begin epoch', 'check quorum'] as const) effects.cancelTimer(timer)
  if (quorum.otherVoters.length === 0) return
  effects.setTimer('begin epoch', config.fetchTimeoutMs / 2)
  effects.setTimer('check quorum', checkQuorumMs(turn))
}

/** Leads no more, and tells nobody that somebody else does: that is for an election to say. */
export function becomeResigned(turn: Turn): void {
  const { quorum } = turn
  const { epoch, leaderId, voted } = quorum
  enter(turn, { name: 'resigned' }, { epoch, leaderId, voted })
  turn.effects.own({ type: 'leader', leaderId: null, epoch })
  awaitElection(turn)
}

export function checkQuorumMs({ quorum }: Turn): number {
  return quorum.config.fetchTimeoutMs * CHECK_QUORUM_FACTOR
}

interface Memory {
  readonly epoch: number
  readonly leaderId: number | null
  readonly voted: ReplicaKey | null
}

function enter(turn: Turn, role: Role, { epoch, leaderId, voted }: Memory): void {
  const { quorum, effects } = turn
  assert(epoch >= quorum.epoch, 'epochs never go back')
  const isNewEpoch = epoch !== quorum.epoch
  assert(isNewEpoch || quorum.voted === null || isSameVote(quorum.voted, voted), 'a vote is given once')
  const isNewLeader = leaderId !== quorum.leaderId || isNewEpoch
  const isNews = isNewLeader || !isSameVote(quorum.voted, voted)
  dropVoterChange(turn)
  Object.assign(quorum, { epoch, leaderId, voted, role })
  for (const timer of TIMERS) effects.cancelTimer(timer)
  // As Kafka writes it: that a leader voted for itself needs no telling.
  const told = role.name === 'leader' ? null : voted
  const vote = { votedId: told?.id ?? -1, votedDirectoryId: told?.directoryId ?? ZERO_UUID }
  if (isNews) effects.own({ type: 'persist', state: { epoch, leaderId: leaderId ?? -1, ...vote } })
  if (isNewLeader) effects.own({ type: 'leader', leaderId, epoch })
}

function isSameVote(a: ReplicaKey | null, b: ReplicaKey | null): boolean {
  return a === null || b === null ? a === b : isSameReplica(a, b)
}

function ownKey({ quorum: { self } }: Turn): ReplicaKey {
  return { id: self.id, directoryId: self.directoryId }
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
