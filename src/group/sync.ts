import type { Asker } from '../coordination/effects.js'
import { ErrorCode } from '../protocol/errors.js'
import { NO_BYTES, type SyncAnswer, syncRefusal } from './answers.js'
import { sessionTimer, syncTimer } from './effects.js'
import type { Group } from './group.js'
import type { Turn } from './groups.js'
import type { Member } from './members.js'
import { answerSync, failSyncs, keepAlive, rebalance, writeGroup } from './rebalance.js'

export interface SyncEvent {
  readonly asker: Asker<SyncAnswer>
  readonly groupId: string
  readonly generation: number
  readonly memberId: string
  readonly instanceId: string | null
  /** Null where the member does not say. */
  readonly protocolType: string | null
  readonly protocolName: string | null
  /** By member id, from the leader; empty from everybody else. Kept: views must have been copied. */
  readonly assignments: ReadonlyMap<string, Buffer>
}

export function sync(turn: Turn, event: SyncEvent): void {
  const { asker } = event
  const group = turn.groups.find(event.groupId)
  const error = refusalFor(group, event)
  if (group === null || error !== ErrorCode.NONE) {
    turn.effects.reply(asker, syncRefusal(error))
    return
  }
  const member = group.members.find(event.memberId)!
  group.members.pendingSync.delete(member.id)
  if (group.members.pendingSync.size === 0) turn.effects.cancelTimer(syncTimer(group.id))
  if (group.state === 'Stable') {
    keepAlive(turn, group, member)
    turn.effects.reply(asker, assignmentOf(group, member))
    return
  }
  // Whoever asked before, over another connection, is not answered twice.
  answerSync(turn.effects, member, syncRefusal(ErrorCode.REBALANCE_IN_PROGRESS))
  member.awaitingSync = asker
  if (group.leaderId === member.id) writeAssignments(turn, group, event.assignments)
}

function refusalFor(group: Group | null, event: SyncEvent): ErrorCode {
  if (event.groupId === '') return ErrorCode.INVALID_GROUP_ID
  if (group === null) return ErrorCode.UNKNOWN_MEMBER_ID
  if (group.state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE
  const error = group.checkMember(event.memberId, event.instanceId)
  if (error !== ErrorCode.NONE) return error
  if (event.generation !== group.generation) return ErrorCode.ILLEGAL_GENERATION
  if (differs(event.protocolType, group.protocolType) || differs(event.protocolName, group.protocolName)) {
    return ErrorCode.INCONSISTENT_GROUP_PROTOCOL
  }
  return group.state === 'PreparingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE
}

function differs(said: string | null, known: string | null): boolean {
  return said !== null && known !== null && said !== known
}

/** Members that the leader left out have nothing to do, and are told so. */
function writeAssignments(turn: Turn, group: Group, assignments: ReadonlyMap<string, Buffer>): void {
  const { generation } = group
  turn.effects.log(`Assignment received from leader ${group.leaderId} for group ${group.id} generation ${generation}`)
  writeGroup(
    turn.effects,
    group,
    (error, outcome) => assignmentsWritten({ ...turn, ...outcome }, group, { generation, assignments, error }),
    assignments,
  )
}

interface Written {
  readonly generation: number
  readonly assignments: ReadonlyMap<string, Buffer>
  readonly error: ErrorCode
}

function assignmentsWritten(turn: Turn, group: Group, { generation, assignments, error }: Written): void {
  // Somebody may have joined or left meanwhile: then the assignment is of the past.
  if (group.state !== 'CompletingRebalance' || group.generation !== generation) return
  if (error !== ErrorCode.NONE) {
    failSyncs(turn, group, error)
    rebalance(turn, group, `error ${error} when storing the assignment`)
    return
  }
  group.transitionTo('Stable', turn.now)
  for (const member of group.members) {
    member.assignment = assignments.get(member.id) ?? NO_BYTES
    if (answerSync(turn.effects, member, assignmentOf(group, member))) keepAlive(turn, group, member)
  }
}

function assignmentOf(group: Group, member: Member): SyncAnswer {
  return {
    errorCode: ErrorCode.NONE,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    assignment: member.assignment,
  }
}

/** The `sync` timer of a group has run out: who has not asked for its assignment by now is gone. */
export function syncTimeout(turn: Turn, groupId: string): void {
  const group = turn.groups.find(groupId)
  if (group === null || (group.state !== 'CompletingRebalance' && group.state !== 'Stable')) return
  const late = [...group.members.pendingSync]
  if (late.length === 0) return
  for (const memberId of late) {
    group.remove(memberId)
    turn.effects.cancelTimer(sessionTimer(group.id, memberId))
  }
  rebalance(turn, group, `no SyncGroup from ${late.join(', ')} in time`)
}
