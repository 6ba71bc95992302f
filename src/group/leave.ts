import type { Asker } from '../coordination/effects.js'
import { ErrorCode } from '../protocol/errors.js'
import type { LeaveAnswer } from './answers.js'
import { sessionTimer } from './effects.js'
import type { Group } from './group.js'
import type { Turn } from './groups.js'
import { dismiss, rebalance } from './rebalance.js'

export interface LeaveEvent {
  readonly asker: Asker<LeaveAnswer>
  readonly groupId: string
  readonly members: readonly Leaver[]
}

export interface Leaver {
  /** Empty where an administrator removes a static member by its instance id. */
  readonly memberId: string
  readonly instanceId: string | null
}

export function leave(turn: Turn, event: LeaveEvent): void {
  const group = turn.groups.find(event.groupId)
  const refusal = refusalFor(group, event)
  if (refusal === ErrorCode.NONE) removeAll(turn, group, event)
  else turn.effects.reply(event.asker, { errorCode: refusal, members: [] })
}

function refusalFor(group: Group | null, { groupId }: LeaveEvent): ErrorCode {
  if (groupId === '') return ErrorCode.INVALID_GROUP_ID
  return group?.state === 'Dead' ? ErrorCode.COORDINATOR_NOT_AVAILABLE : ErrorCode.NONE
}

function removeAll(turn: Turn, group: Group | null, { asker, members }: LeaveEvent): void {
  const results = members.map((leaver) => ({
    memberId: leaver.memberId,
    groupInstanceId: leaver.instanceId,
    errorCode: group === null ? ErrorCode.UNKNOWN_MEMBER_ID : remove(turn, group, leaver),
  }))
  const gone = results.filter(({ errorCode }) => errorCode === ErrorCode.NONE)
  if (group !== null && group.state !== 'Empty' && gone.length > 0) {
    rebalance(turn, group, `${gone.map((member) => member.groupInstanceId ?? member.memberId).join(', ')} left`)
  }
  const answer = { errorCode: ErrorCode.NONE, members: results }
  turn.effects.replyWhenWritten(asker, answer, (errorCode) => ({ errorCode, members: [] }))
}

function remove(turn: Turn, group: Group, { memberId, instanceId }: Leaver): ErrorCode {
  if (group.members.pendingJoin.has(memberId)) {
    group.remove(memberId)
    turn.effects.cancelTimer(sessionTimer(group.id, memberId))
    return ErrorCode.NONE
  }
  const id = memberId === '' && instanceId !== null ? group.members.idOfInstance(instanceId) : memberId
  const error = id === null ? ErrorCode.UNKNOWN_MEMBER_ID : group.checkMember(id, instanceId)
  if (id !== null && error === ErrorCode.NONE) dismiss(turn, group, group.members.find(id)!)
  return error
}
