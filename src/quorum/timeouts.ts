import type { QuorumTimer } from './effects.js'
import type { Quorum, Turn } from './quorum.js'
import { lookAfterStanding } from './standing.js'
import { becomeFollower, becomeProspective, becomeResigned, becomeUnattached, checkQuorumMs } from './transitions.js'
import { voterChangeRanOut } from './voter-changes.js'

/** Where members stand for election in turn, a step is such a part of the election timeout. */
const STEPS = 20

/** Begins to take part, with what was remembered of the last run. */
export function start(turn: Turn): void {
  const { quorum } = turn
  const { epoch, leaderId, isVoter } = quorum
  const isAlone = isVoter && quorum.voters.size === 1
  if (isAlone) becomeProspective(turn)
  // What it led it leads no more: it may have lost what it had not written, and others may have a leader by now.
  else if (leaderId === quorum.id) becomeResigned(turn)
  else if (leaderId !== null && quorum.voters.get(leaderId) !== null) becomeFollower(turn, epoch, leaderId)
  else becomeUnattached(turn, epoch)
  // To ask whether it would be elected costs nothing, and who follows a leader says who that is: there is no need to wait long.
  if (isVoter && !isAlone && quorum.role.name !== 'follower')
    turn.effects.setTimer('election', inTurn(quorum, quorum.voters.ids))
}

export function runOut(turn: Turn, timer: QuorumTimer): void {
  if (timer === 'election') electionRanOut(turn)
  else if (timer === 'fetch') fetchRanOut(turn)
  else if (timer === 'check quorum') checkQuorum(turn)
  else if (timer === 'begin epoch') tellAgain(turn)
  else if (timer === 'standing') lookAfterStanding(turn)
  else voterChangeRanOut(turn)
}

/**
 * There is word that the leader's node is gone. A hint costs a vote at most, and the epoch not even that. The others get the same
 * word at about the same time: one stands after the other, as their ids come after the leader's, so that they do not split votes.
 */
export function leaderGone(turn: Turn, leaderId: number): void {
  const { quorum, effects } = turn
  const { role, voters, config } = quorum
  if (role.name !== 'follower' || quorum.leaderId !== leaderId || role.isLeaderGone) return
  role.isLeaderGone = true
  role.hasFetched = false
  const { ids } = voters
  const heirs = [...ids.filter((voter) => voter > leaderId), ...ids.filter((voter) => voter < leaderId)]
  effects.setTimer('fetch', quorum.isVoter ? Math.min(config.fetchTimeoutMs, inTurn(quorum, heirs)) : 0)
}

/** How long a member waits so that those before it in `order` have had the time to be elected. */
function inTurn({ id, config }: Quorum, order: readonly number[]): number {
  return (config.electionTimeoutMs / STEPS) * (1 + 4 * order.indexOf(id))
}

function electionRanOut(turn: Turn): void {
  const { role, leaderId, epoch, isVoter } = turn.quorum
  // Who lost its vote while it waited elects nobody.
  if (!isVoter) becomeUnattached(turn, epoch)
  // Nobody elected it before it could be: it goes back to where it came from, and tries again later.
  else if (role.name === 'prospective') returnFromAsking(turn)
  else if (role.name === 'resigned' && leaderId === turn.quorum.id) becomeUnattachedAnew(turn, epoch)
  else becomeProspective(turn)
}

/** To the leader that was known, who may be heard of again, or to waiting. */
export function returnFromAsking(turn: Turn): void {
  const { leaderId, epoch, id } = turn.quorum
  if (leaderId !== null && leaderId !== id) becomeFollower(turn, epoch, leaderId)
  else becomeUnattached(turn, epoch)
}

/** A leader that resigned never leads in that epoch again. */
function becomeUnattachedAnew(turn: Turn, epoch: number): void {
  becomeUnattached(turn, epoch + 1)
  becomeProspective(turn)
}

function fetchRanOut(turn: Turn): void {
  const { quorum } = turn
  if (quorum.isVoter) becomeProspective(turn)
  // An observer elects nobody: it asks the voters who leads now.
  else becomeUnattached(turn, quorum.epoch)
}

/** Others may have elected somebody else on the far side of a broken network: who hears of no majority steps down. */
function checkQuorum(turn: Turn): void {
  const role = turn.quorum.leading
  if (role === null) return
  const sinceMs = Math.max(role.patientSinceMs, turn.now - checkQuorumMs(turn))
  const isNew = turn.now - role.patientSinceMs < checkQuorumMs(turn)
  if (isNew || role.isHeardSince(sinceMs)) turn.effects.setTimer('check quorum', checkQuorumMs(turn) / 2)
  else becomeResigned(turn)
}

function tellAgain(turn: Turn): void {
  const { quorum, effects } = turn
  const role = quorum.leading
  if (role === null) return
  for (const to of role.untold) effects.own({ type: 'send', to, request: { type: 'begin epoch', epoch: quorum.epoch } })
  if (role.untold.size > 0) effects.setTimer('begin epoch', quorum.config.fetchTimeoutMs / 2)
}
