import { ErrorCode } from '../protocol/errors.js'
import type { ReadMessage } from '../protocol/schema.js'
import type { GroupMetadataValue } from '../protocol/state/consumer-offsets.js'
import { joinRefusal, syncRefusal } from './answers.js'
import { joinTimer, sessionTimer, syncTimer } from './effects.js'
import { Group } from './group.js'
import type { Groups, Turn } from './groups.js'
import type { Member } from './members.js'
import { answerJoin, answerSync, keepAlive, rebalance } from './rebalance.js'
import { parseRecord } from './records.js'

export interface ReplayedRecord {
  readonly key: Buffer
  readonly value: Buffer | null
  readonly offset: number
  /** Null outside of transactions. */
  readonly producerId: bigint | null
}

/**
 * Takes in one record of the log, in the log's order. The answer is the type of its key if that is not known here: such
 * a record belongs to a kind of group that this coordinator does not run, and is passed over.
 * @throws MalformedBytes
 */
export function replay(groups: Groups, record: ReplayedRecord, now: number): number | null {
  const parsed = parseRecord(record.key, record.value)
  if (parsed.type === 'unknown') return parsed.keyType
  const { groupId } = parsed
  if (parsed.type === 'group') {
    if (parsed.value === null) groups.remove(groupId)
    else groups.put(restored(groupId, parsed.value, now))
    return null
  }
  const { topic, partition } = parsed.key
  if (parsed.value === null) {
    groups.offsets.remove(groupId, topic, partition)
    return null
  }
  // Who only commits never writes that the group exists.
  groups.findOrCreate(groupId, now)
  const offset = { ...parsed.value, recordOffset: record.offset }
  if (record.producerId === null) groups.offsets.set(groupId, topic, partition, offset)
  else groups.offsets.setPending(record.producerId, groupId, topic, partition, offset)
  return null
}

function restored(groupId: string, value: ReadMessage<typeof GroupMetadataValue>, now: number): Group {
  const sinceMs = value.currentStateTimestamp === -1 ? now : value.currentStateTimestamp
  return Group.restore(groupId, sinceMs, {
    protocolType: value.protocolType === '' ? null : value.protocolType,
    protocolName: value.protocol,
    generation: value.generation,
    leaderId: value.leader,
    members: value.members.map(
      (member): Member => ({
        id: member.memberId,
        instanceId: member.groupInstanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        protocols:
          value.protocol === null ? [] : [{ name: value.protocol, metadata: Buffer.from(member.subscription) }],
        sessionTimeoutMs: member.sessionTimeout,
        rebalanceTimeoutMs: member.rebalanceTimeout === -1 ? member.sessionTimeout : member.rebalanceTimeout,
        assignment: Buffer.from(member.assignment),
        isNew: false,
        awaitingJoin: null,
        awaitingSync: null,
      }),
    ),
  })
}

/** The whole log has been taken in: from now on members must be heard of. */
export function loaded(turn: Turn): void {
  const { groups } = turn
  for (const group of groups) {
    for (const member of group.members) keepAlive(turn, group, member)
    if (group.members.count > groups.config.membersMax) {
      rebalance(turn, group, `the group has more than ${groups.config.membersMax} members`)
    }
  }
}

/** Another broker leads the partition now: all who wait are sent there. */
export function unload(turn: Turn): void {
  const { effects } = turn
  for (const group of turn.groups) {
    effects.cancelTimer(joinTimer(group.id))
    effects.cancelTimer(syncTimer(group.id))
    for (const memberId of group.members.pendingJoin) effects.cancelTimer(sessionTimer(group.id, memberId))
    for (const member of group.members) {
      effects.cancelTimer(sessionTimer(group.id, member.id))
      answerJoin(effects, member, joinRefusal(ErrorCode.NOT_COORDINATOR, member.id))
      answerSync(effects, member, syncRefusal(ErrorCode.NOT_COORDINATOR))
    }
    group.transitionTo('Dead', turn.now)
  }
}
