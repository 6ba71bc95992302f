import { ZERO_UUID } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'
import type { Turn } from './quorum.js'
import { becomeFollower, becomeResigned } from './transitions.js'
import { heardOf, isFor, isOutOfReach, known, type QuorumAnswer } from './vote.js'
import type { ReplicaKey } from './voter-set.js'

export interface BeginEpochRequest {
  readonly leaderId: number
  readonly epoch: number
  /** Whom it is meant for; null where that is not said. */
  readonly voter?: ReplicaKey | null
}

/** A new leader says so. */
export function beginEpochRequested(turn: Turn, { leaderId, epoch, voter }: BeginEpochRequest): QuorumAnswer {
  const { quorum } = turn
  if (epoch < quorum.epoch) return known(turn, ErrorCode.FENCED_LEADER_EPOCH)
  const contradicts = epoch === quorum.epoch && quorum.leaderId !== null && quorum.leaderId !== leaderId
  if (leaderId < 0 || leaderId === quorum.id || contradicts || isOutOfReach(turn, epoch))
    return known(turn, ErrorCode.INVALID_REQUEST)
  if (epoch > quorum.epoch || quorum.role.name !== 'follower') becomeFollower(turn, epoch, leaderId)
  return known(turn, isFor(turn, voter) ? ErrorCode.NONE : ErrorCode.INVALID_VOTER_KEY)
}

export function beginEpochAnswered(turn: Turn, from: number, answer: QuorumAnswer): void {
  if (heardOf(turn, answer)) return
  const { quorum } = turn
  if (answer.errorCode === ErrorCode.NONE && answer.epoch === quorum.epoch) quorum.leading?.untold.delete(from)
}

export interface EndEpochRequest {
  readonly leaderId: number
  readonly epoch: number
  /** Who should follow it, the best first. */
  readonly preferredSuccessors: readonly ReplicaKey[]
}

/** The leader steps down: who is named first stands at once, the others leave it some time. */
export function endEpochRequested(turn: Turn, request: EndEpochRequest): QuorumAnswer {
  const { quorum, effects } = turn
  const { leaderId, epoch, preferredSuccessors } = request
  if (epoch < quorum.epoch) return known(turn, ErrorCode.FENCED_LEADER_EPOCH)
  const contradicts = epoch === quorum.epoch && quorum.leaderId !== null && quorum.leaderId !== leaderId
  if (leaderId < 0 || leaderId === quorum.id || contradicts || isOutOfReach(turn, epoch))
    return known(turn, ErrorCode.INVALID_REQUEST)
  heardOf(turn, { leaderId, epoch })
  if (quorum.role.name === 'follower' && quorum.isVoter) {
    effects.setTimer('fetch', succession(turn, placeIn(preferredSuccessors, quorum.self)))
  }
  return known(turn, ErrorCode.NONE)
}

/** Where a successor without a directory is whichever that node has; -1 where it is none. */
function placeIn(successors: readonly ReplicaKey[], { id, directoryId }: ReplicaKey): number {
  return successors.findIndex((other) => other.id === id && [ZERO_UUID, directoryId].includes(other.directoryId))
}

/** Each one further back waits about twice as long. */
function succession({ quorum }: Turn, position: number): number {
  if (position <= 0) return position === 0 ? 0 : quorum.config.electionBackoffMsMax
  const { electionTimeoutMs, electionBackoffMsMax } = quorum.config
  const base = Math.max(1, Math.floor(electionTimeoutMs / 20))
  return Math.min(electionBackoffMsMax, base * 2 ** position + quorum.random.int(base))
}

/** This member stops: a leader hands over. */
export function resign(turn: Turn): void {
  const { quorum, effects } = turn
  const role = quorum.leading
  if (role === null) return
  const { epoch } = quorum
  const preferredSuccessors = role.successors
  becomeResigned(turn)
  for (const { id: to } of preferredSuccessors) {
    effects.own({ type: 'send', to, request: { type: 'end epoch', epoch, preferredSuccessors } })
  }
}
