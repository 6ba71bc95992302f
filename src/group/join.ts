import type { Asker } from '../coordination/effects.js'
import { ErrorCode } from '../protocol/errors.js'
import { type JoinAnswer, joinRefusal, NO_BYTES } from './answers.js'
import { sessionTimer } from './effects.js'
import type { Group } from './group.js'
import type { Groups, Turn } from './groups.js'
import { hasSameProtocols, type Member, type Protocol } from './members.js'
import { answerJoin, dismiss, joined, keepAlive, rebalance, writeGroup } from './rebalance.js'
import { rejoinStaticMember } from './static-members.js'

/**
 * Members that are new do not know their id yet and cannot send heartbeats, nor is it seen when they go away while they
 * wait. So that they do not add up, each must join anew after this long.
 */
const NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60_000

export interface JoinEvent {
  readonly asker: Asker<JoinAnswer>
  readonly groupId: string
  /** Empty for a member that has none yet. */
  readonly memberId: string
  readonly instanceId: string | null
  readonly clientId: string
  /** As Java prints an address: `/127.0.0.1`. */
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  /** -1 for as long as the session. */
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  /** Kept: views must have been copied. */
  readonly protocols: readonly Protocol[]
  /** For the id of a new member: `8-4-4-4-12` hexadecimal digits. */
  readonly uuid: string
  /** The member will come back with the id that it is given (KIP-394). */
  readonly knowsMemberIdRequired: boolean
  /** A leader that is told to skip the assignment will do so. */
  readonly knowsSkippedAssignment: boolean
}

export function join(turn: Turn, event: JoinEvent): void {
  const { groups, effects } = turn
  const { asker, groupId, memberId } = event
  const refusal = refusalFor(groups, event)
  if (refusal !== ErrorCode.NONE) {
    effects.reply(asker, joinRefusal(refusal, memberId))
    return
  }
  const isNewGroup = groups.find(groupId) === null
  const group = groups.findOrCreate(groupId, turn.now)
  // From a new group on there is a record, so that a later coordinator knows of it too, whatever the answer is.
  if (isNewGroup) writeNewGroup(turn, group, asker)
  if (!hasRoom(groups, group, memberId)) turnAway(turn, group, event)
  else if (!group.supports(event.protocolType, event.protocols)) {
    effects.reply(asker, joinRefusal(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, memberId))
  } else if (memberId === '') joinNew(turn, group, event)
  else joinKnown(turn, group, event)
}

function refusalFor(groups: Groups, event: JoinEvent): ErrorCode {
  if (event.groupId === '') return ErrorCode.INVALID_GROUP_ID
  if (!isAllowedSession(groups, event)) return ErrorCode.INVALID_SESSION_TIMEOUT
  const group = groups.find(event.groupId)
  if (group === null) return event.memberId === '' ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID
  return group.state === 'Dead' ? ErrorCode.COORDINATOR_NOT_AVAILABLE : ErrorCode.NONE
}

function isAllowedSession({ config }: Groups, { sessionTimeoutMs }: JoinEvent): boolean {
  return sessionTimeoutMs >= config.sessionTimeoutMsMin && sessionTimeoutMs <= config.sessionTimeoutMsMax
}

function writeNewGroup({ effects }: Turn, group: Group, asker: Asker<JoinAnswer>): void {
  writeGroup(effects, group, (error, { effects }) => {
    if (error === ErrorCode.NONE) return
    effects.log(`The new group ${group.id} was not written (error ${error})`, 'warn')
    for (const member of group.members) {
      if (member.awaitingJoin === asker) answerJoin(effects, member, joinRefusal(error, ''))
    }
  })
}

/**
 * During a rebalance only those count that have come already: of a group that is too large now, the last to come must go.
 */
function hasRoom({ config }: Groups, group: Group, memberId: string): boolean {
  const member = group.members.find(memberId)
  switch (group.state) {
    case 'PreparingRebalance':
      return (member !== null && member.awaitingJoin !== null) || group.members.awaitingJoinCount < config.membersMax
    case 'CompletingRebalance':
    case 'Stable':
      return member !== null || group.members.count < config.membersMax
    default:
      return true
  }
}

function turnAway(turn: Turn, group: Group, { asker, memberId }: JoinEvent): void {
  const member = group.members.find(memberId)
  if (member === null) group.members.pendingJoin.delete(memberId)
  else dismiss(turn, group, member)
  turn.effects.reply(asker, joinRefusal(ErrorCode.GROUP_MAX_SIZE_REACHED, ''))
}

function joinNew(turn: Turn, group: Group, event: JoinEvent): void {
  const memberId = `${event.instanceId ?? event.clientId}-${event.uuid}`
  const replaced = event.instanceId === null ? null : group.members.idOfInstance(event.instanceId)
  if (replaced !== null) {
    rejoinStaticMember(turn, group, event, group.members.find(replaced)!, memberId)
  } else if (event.instanceId === null && event.knowsMemberIdRequired) {
    group.members.pendingJoin.add(memberId)
    turn.effects.setTimer(sessionTimer(group.id, memberId), event.sessionTimeoutMs)
    turn.effects.reply(event.asker, joinRefusal(ErrorCode.MEMBER_ID_REQUIRED, memberId))
  } else {
    addMember(turn, group, event, memberId)
  }
}

function joinKnown(turn: Turn, group: Group, event: JoinEvent): void {
  const { asker, memberId, instanceId } = event
  const isPending = group.members.pendingJoin.has(memberId)
  if (isPending && instanceId === null) {
    addMember(turn, group, event, memberId)
    return
  }
  // An id that was handed out belongs to a dynamic member.
  const error = isPending ? ErrorCode.UNKNOWN_SERVER_ERROR : group.checkMember(memberId, instanceId)
  const member = group.members.find(memberId)
  if (member === null || error !== ErrorCode.NONE) {
    turn.effects.reply(asker, joinRefusal(error, memberId))
    return
  }
  const reason = reasonToRebalance(group, member, event)
  if (reason === null) {
    // Nothing has changed, but the answer to its first request may have been lost: it is told again.
    keepAlive(turn, group, member)
    turn.effects.reply(asker, joined(group, member))
  } else {
    waitForJoin(turn, group, member, event)
    rebalance(turn, group, reason)
  }
}

function reasonToRebalance(group: Group, member: Member, event: JoinEvent): string | null {
  if (group.state === 'PreparingRebalance') return `member ${member.id} joins`
  if (group.state === 'Stable' && group.leaderId === member.id) return `leader ${member.id} joins again`
  return hasSameProtocols(member, event.protocols) ? null : `member ${member.id} changed its metadata`
}

function addMember(turn: Turn, group: Group, event: JoinEvent, memberId: string): void {
  const member: Member = {
    id: memberId,
    instanceId: event.instanceId,
    clientId: event.clientId,
    clientHost: event.clientHost,
    ...termsOf(event),
    assignment: NO_BYTES,
    isNew: true,
    awaitingJoin: event.asker,
    awaitingSync: null,
  }
  if (group.initialDelay !== null) group.newMemberAdded = true
  group.add(member, event.protocolType)
  turn.effects.setTimer(sessionTimer(group.id, memberId), NEW_MEMBER_JOIN_TIMEOUT_MS)
  rebalance(turn, group, `member ${memberId} is new`)
}

/** The member joins on these terms. Whoever asked for it before, over another connection, is not answered twice. */
export function waitForJoin({ effects }: Turn, group: Group, member: Member, event: JoinEvent): void {
  answerJoin(effects, member, joinRefusal(ErrorCode.REBALANCE_IN_PROGRESS, member.id))
  const { protocols, sessionTimeoutMs, rebalanceTimeoutMs } = termsOf(event)
  group.members.setProtocols(member, protocols)
  member.sessionTimeoutMs = sessionTimeoutMs
  member.rebalanceTimeoutMs = rebalanceTimeoutMs
  member.awaitingJoin = event.asker
}

function termsOf(event: JoinEvent): Pick<Member, 'protocols' | 'sessionTimeoutMs' | 'rebalanceTimeoutMs'> {
  const { protocols, sessionTimeoutMs, rebalanceTimeoutMs } = event
  return {
    protocols,
    sessionTimeoutMs,
    rebalanceTimeoutMs: rebalanceTimeoutMs < 0 ? sessionTimeoutMs : rebalanceTimeoutMs,
  }
}
