import { ErrorCode } from '../protocol/errors.js'
import type { QuorumRequest } from './effects.js'
import type { Turn } from './quorum.js'
import { heardOf, type QuorumAnswer } from './vote.js'

/** In the time that a leader is trusted without an answer. */
const RETRIES = 10

/**
 * What a follower sees to now and then: that the leader knows where this voter is and what it can do, and, if it is to join by
 * itself, that it has a vote (KIP-853).
 */
export function lookAfterStanding(turn: Turn): void {
  const { quorum, effects } = turn
  const { role, leaderId } = quorum
  if (role.name !== 'follower' || leaderId === null) return
  const request = isWanting(turn)
  if (request !== null) effects.own({ type: 'send', to: leaderId, request })
  effects.setTimer('standing', quorum.config.fetchTimeoutMs)
}

function isWanting({ quorum }: Turn): QuorumRequest | null {
  const { self, voters, log, role, epoch, isVoter, config } = quorum
  const isDynamic = log.kraftVersion > 0
  if (isVoter) {
    const isUnknown = role.name === 'follower' && !role.isKnown
    const wantsUpdate = isDynamic ? voters.isOutdated(self) : isUnknown
    return wantsUpdate ? { type: 'update voter', epoch, voter: self } : null
  }
  if (!isDynamic || !config.joinsByItself) return null
  const former = voters.get(self.id)
  // With another directory it would be a second one of its id: the vote of the former one has to go first.
  return former === null ? { type: 'add voter', voter: self } : { type: 'remove voter', voter: former }
}

/** The leader has heard what this voter is, or it has not. */
export function updateVoterAnswered(turn: Turn, from: number, answer: QuorumAnswer): void {
  if (heardOf(turn, answer)) return
  const { quorum, effects } = turn
  if (quorum.role.name !== 'follower' || quorum.leaderId !== from || answer.epoch !== quorum.epoch) return
  const { fetchTimeoutMs } = quorum.config
  // A new leader has something to commit before it listens to that.
  if (answer.errorCode === ErrorCode.REQUEST_TIMED_OUT) effects.setTimer('standing', fetchTimeoutMs / RETRIES)
  // Who does not know of such updates cannot be told.
  if (answer.errorCode !== ErrorCode.NONE && answer.errorCode !== ErrorCode.UNSUPPORTED_VERSION) return
  quorum.role.isKnown = true
  effects.setTimer('fetch', fetchTimeoutMs)
}
