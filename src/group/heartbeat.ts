import type { Asker } from '../coordination/effects.js'
import { ErrorCode } from '../protocol/errors.js'
import type { Group } from './group.js'
import type { Turn } from './groups.js'
import { completeIfAllJoined, dismiss, keepAlive, rebalance } from './rebalance.js'

export interface HeartbeatEvent {
  readonly asker: Asker<ErrorCode>
  readonly groupId: string
  readonly generation: number
  readonly memberId: string
  readonly instanceId: string | null
}

export function heartbeat(turn: Turn, event: HeartbeatEvent): void {
  const group = turn.groups.find(event.groupId)
  const error = refusalFor(group, event)
  if (group === null || error !== ErrorCode.NONE) {
    turn.effects.reply(event.asker, error)
    return
  }
  keepAlive(turn, group, group.members.find(event.memberId)!)
  const isRebalancing = group.state === 'PreparingRebalance'
  turn.effects.reply(event.asker, isRebalancing ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE)
}

function refusalFor(group: Group | null, event: HeartbeatEvent): ErrorCode {
  if (event.groupId === '') return ErrorCode.INVALID_GROUP_ID
  if (group === null) return ErrorCode.UNKNOWN_MEMBER_ID
  if (group.state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE
  const error = group.checkMember(event.memberId, event.instanceId)
  if (error !== ErrorCode.NONE) return error
  return event.generation === group.generation ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION
}

/** The `session` timer of a member has run out. */
export function sessionTimeout(turn: Turn, groupId: string, memberId: string): void {
  const group = turn.groups.find(groupId)
  if (group === null || group.state === 'Dead') return
  if (group.members.pendingJoin.has(memberId)) {
    turn.effects.log(`Group ${groupId} removed pending member ${memberId}, which did not come back`)
    group.remove(memberId)
    completeIfAllJoined(turn, group)
    return
  }
  const member = group.members.find(memberId)
  if (member === null) return
  // Who waits for an answer of ours cannot send heartbeats, unless it is new: then this is how long it may wait.
  if (!member.isNew && (member.awaitingJoin !== null || member.awaitingSync !== null)) return
  turn.effects.log(`Member ${memberId} in group ${groupId} has failed, removing it from the group`)
  dismiss(turn, group, member)
  rebalance(turn, group, `the session of member ${memberId} ended`)
}
