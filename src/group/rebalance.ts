import { ErrorCode } from '../protocol/errors.js'
import { type JoinAnswer, joinRefusal, NO_BYTES, type SyncAnswer, syncRefusal } from './answers.js'
import { type GroupEffects, type GroupWrite, joinTimer, sessionTimer, syncTimer } from './effects.js'
import type { Group } from './group.js'
import type { Turn } from './groups.js'
import type { Member } from './members.js'
import { groupRecord } from './records.js'

/** Something changed that everybody must agree on anew; in a rebalance that is on, it may have been the last thing to wait for. */
export function rebalance(turn: Turn, group: Group, reason: string): void {
  if (group.canRebalance) prepare(turn, group, reason)
  else completeIfAllJoined(turn, group)
}

/** The first rebalance of an empty group ends by its delay alone: more members may be on their way. */
export function completeIfAllJoined(turn: Turn, group: Group): void {
  if (group.state !== 'PreparingRebalance' || group.previousState === 'Empty') return
  if (group.members.haveAllJoined) completeJoins(turn, group)
}

function prepare(turn: Turn, group: Group, reason: string): void {
  const { effects, groups } = turn
  if (group.state === 'CompletingRebalance') failSyncs(turn, group, ErrorCode.REBALANCE_IN_PROGRESS)
  effects.cancelTimer(syncTimer(group.id))
  const isInitial = group.state === 'Empty'
  effects.log(
    `Preparing to rebalance group ${group.id} in state ${group.state} with old generation ${group.generation} ` +
      `(reason: ${reason})`,
  )
  group.transitionTo('PreparingRebalance', turn.now)
  if (isInitial) {
    const delayMs = groups.config.initialRebalanceDelayMs
    group.newMemberAdded = false
    group.initialDelay = { delayMs, leftMs: Math.max(group.members.rebalanceTimeoutMs - delayMs, 0) }
    effects.setTimer(joinTimer(group.id), delayMs)
  } else if (group.members.haveAllJoined) {
    completeJoins(turn, group)
  } else {
    effects.setTimer(joinTimer(group.id), group.members.rebalanceTimeoutMs)
  }
}

/** The `join` timer of a group has run out. */
export function joinTimeout(turn: Turn, groupId: string): void {
  const group = turn.groups.find(groupId)
  if (group?.state !== 'PreparingRebalance') return
  const delay = group.initialDelay
  if (delay === null || !group.newMemberAdded || delay.leftMs === 0) {
    completeJoins(turn, group)
    return
  }
  const delayMs = Math.min(turn.groups.config.initialRebalanceDelayMs, delay.leftMs)
  group.newMemberAdded = false
  group.initialDelay = { delayMs, leftMs: Math.max(delay.leftMs - delay.delayMs, 0) }
  turn.effects.setTimer(joinTimer(group.id), delayMs)
}

function completeJoins(turn: Turn, group: Group): void {
  const { effects, now } = turn
  effects.cancelTimer(joinTimer(group.id))
  group.initialDelay = null
  dropAbsentees(turn, group)
  if (!group.electJoinedLeader() && group.members.count > 0) {
    // Only static members are left, and none of them has come: wait for one, or for their sessions to end.
    effects.setTimer(joinTimer(group.id), group.members.rebalanceTimeoutMs)
    return
  }
  group.nextGeneration(now)
  if (group.state === 'Empty') {
    effects.log(`Group ${group.id} with generation ${group.generation} is now empty`)
    writeGroup(effects, group, (error, { effects }) => {
      if (error) effects.log(`The empty generation of group ${group.id} was not written (error ${error})`, 'warn')
    })
    return
  }
  effects.log(
    `Stabilized group ${group.id} generation ${group.generation} with ${group.members.count} members and protocol ${group.protocolName}`,
  )
  for (const member of group.members) {
    answerJoin(effects, member, joined(group, member))
    member.isNew = false
    keepAlive(turn, group, member)
    group.members.pendingSync.add(member.id)
  }
  effects.setTimer(syncTimer(group.id), group.members.rebalanceTimeoutMs)
}

/** The group as it is, or as it will be with these assignments. */
export function writeGroup(
  effects: GroupEffects,
  group: Group,
  settle: GroupWrite['settle'],
  assignments?: ReadonlyMap<string, Buffer>,
): void {
  group.isRecorded = true
  effects.write({ records: [groupRecord(group, assignments)], settle })
}

/** Dynamic members that have not joined again are gone; a static one keeps its place until its session ends. */
function dropAbsentees({ effects }: Turn, group: Group): void {
  for (const member of [...group.members]) {
    if (member.awaitingJoin !== null || member.instanceId !== null) continue
    effects.log(`Group ${group.id} removed member ${member.id}, which did not rejoin`)
    group.remove(member.id)
    effects.cancelTimer(sessionTimer(group.id, member.id))
  }
}

/** What a member is told about the current generation; only the leader hears who the others are. */
export function joined(group: Group, member: Member, members = group.leaderId === member.id): JoinAnswer {
  return {
    errorCode: ErrorCode.NONE,
    generationId: group.generation,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leader: group.leaderId ?? '',
    skipAssignment: false,
    memberId: member.id,
    members: members ? group.joinedMembers() : [],
  }
}

export function answerJoin(effects: GroupEffects, member: Member, answer: JoinAnswer): void {
  if (member.awaitingJoin === null) return
  effects.reply(member.awaitingJoin, answer)
  member.awaitingJoin = null
}

export function answerSync(effects: GroupEffects, member: Member, answer: SyncAnswer): boolean {
  if (member.awaitingSync === null) return false
  effects.reply(member.awaitingSync, answer)
  member.awaitingSync = null
  return true
}

/** Nobody has an assignment now, and those who wait for one hear why. */
export function failSyncs(turn: Turn, group: Group, error: ErrorCode): void {
  for (const member of group.members) {
    member.assignment = NO_BYTES
    if (answerSync(turn.effects, member, syncRefusal(error))) keepAlive(turn, group, member)
  }
}

/** The member was heard of, or is not expected to be: its session begins anew. */
export function keepAlive({ effects }: Turn, group: Group, member: Member): void {
  effects.setTimer(sessionTimer(group.id, member.id), member.sessionTimeoutMs)
}

/** Takes a member out. If it waits for something, it is told that it is not known any more, and may join again. */
export function dismiss({ effects }: Turn, group: Group, member: Member): void {
  effects.cancelTimer(sessionTimer(group.id, member.id))
  answerJoin(effects, member, joinRefusal(ErrorCode.UNKNOWN_MEMBER_ID, ''))
  answerSync(effects, member, syncRefusal(ErrorCode.UNKNOWN_MEMBER_ID))
  group.remove(member.id)
}
