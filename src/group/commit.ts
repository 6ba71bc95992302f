import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import type { Asker, StateRecord } from '../coordination/effects.js'
import { ErrorCode } from '../protocol/errors.js'
import type { CommittedOffset, PartitionKey } from './committed-offsets.js'
import type { Group } from './group.js'
import type { Turn } from './groups.js'
import { keepAlive } from './rebalance.js'
import { offsetRecord } from './records.js'

export interface CommitEvent {
  readonly asker: Asker<CommitAnswer>
  readonly groupId: string
  /** Below 0 from consumers that are no members, and from administrators. */
  readonly generation: number
  readonly memberId: string
  readonly instanceId: string | null
  /** How long the offsets are to be kept; null for as long as the broker keeps them. */
  readonly retentionMs: number | null
  /** Only topics and partitions that exist. */
  readonly topics: readonly CommitTopic[]
  /** Whose transaction the offsets are part of: they count once it has ended, if it is committed. */
  readonly producer?: { readonly id: bigint; readonly epoch: number }
}

export interface CommitTopic {
  readonly name: string
  readonly topicId: Uuid
  readonly partitions: readonly {
    readonly partition: number
    readonly offset: number
    readonly leaderEpoch: number
    readonly metadata: string | null
  }[]
}

/** As many codes as partitions were asked for, in their order. */
export interface CommitAnswer {
  readonly topics: readonly {
    readonly name: string
    readonly topicId: Uuid
    readonly partitions: readonly { readonly partition: number; readonly errorCode: ErrorCode }[]
  }[]
}

/** Offsets are not compared with the log: any number is taken. */
export function commit(turn: Turn, event: CommitEvent): void {
  const { groups, effects } = turn
  const known = groups.find(event.groupId)
  const error = refusalFor(known, event)
  if (error !== ErrorCode.NONE) {
    effects.reply(event.asker, uniform(event, error))
    return
  }
  if (event.producer === undefined) keepMemberAlive(turn, known, event)
  const prepared = prepare(turn, event)
  if (prepared.records.length === 0) effects.reply(event.asker, prepared.answer)
  else write(turn, event, prepared)
}

function write(turn: Turn, event: CommitEvent, { answer, keys, records, offsets }: Prepared): void {
  const { groups, effects } = turn
  const { groupId, producer } = event
  groups.findOrCreate(groupId, turn.now)
  const arrive = groups.offsets.setOut(groupId, keys)
  effects.write({
    records,
    ...(producer && { producer }),
    apply: (firstOffset) => {
      arrive()
      keys.forEach(({ topic, partition }, index) => {
        const offset = { ...offsets[index]!, recordOffset: firstOffset + index }
        if (producer === undefined) groups.offsets.set(groupId, topic, partition, offset)
        else groups.offsets.setPending(producer.id, groupId, topic, partition, offset)
      })
    },
    drop: () => {
      arrive()
      removeIfHollow(turn, groupId)
    },
    settle: (error, { effects }) => {
      effects.reply(event.asker, error === ErrorCode.NONE ? answer : uniform(event, error))
    },
  })
}

function refusalFor(group: Group | null, event: CommitEvent): ErrorCode {
  const { generation, memberId, instanceId } = event
  const isTransactional = event.producer !== undefined
  const missing = isTransactional ? ErrorCode.ILLEGAL_GENERATION : ErrorCode.GROUP_ID_NOT_FOUND
  if (group === null) return generation < 0 ? ErrorCode.NONE : missing
  if (group.state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE
  if (generation < 0 && group.state === 'Empty') return ErrorCode.NONE
  if (generation < 0 && memberId === '' && instanceId === null) {
    // Older transactional producers do not say for which member they commit.
    return isTransactional ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID
  }
  const error = group.checkMember(memberId, instanceId)
  if (error !== ErrorCode.NONE) return error
  if (generation !== group.generation) return ErrorCode.ILLEGAL_GENERATION
  if (isTransactional) return ErrorCode.NONE
  // The member has joined but has no assignment yet: what it commits may belong to somebody else by now.
  return group.state === 'CompletingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE
}

function keepMemberAlive(turn: Turn, group: Group | null, event: CommitEvent): void {
  const member = group?.members.find(event.memberId)
  if (group !== null && member) keepAlive(turn, group, member)
}

interface Prepared {
  readonly answer: CommitAnswer
  readonly keys: readonly PartitionKey[]
  readonly offsets: readonly Omit<CommittedOffset, 'recordOffset'>[]
  readonly records: readonly StateRecord[]
}

function prepare({ groups, now }: Turn, event: CommitEvent): Prepared {
  const { retentionMs, groupId } = event
  const expireTimestampMs = retentionMs === null ? null : now + retentionMs
  const keys: PartitionKey[] = []
  const offsets: Omit<CommittedOffset, 'recordOffset'>[] = []
  const records: StateRecord[] = []
  const topics = event.topics.map(({ name, topicId, partitions }) => ({
    name,
    topicId,
    partitions: partitions.map(({ partition, offset, leaderEpoch, metadata }) => {
      if ((metadata ?? '').length > groups.config.offsetMetadataMax) {
        return { partition, errorCode: ErrorCode.OFFSET_METADATA_TOO_LARGE }
      }
      const key = { topic: name, partition }
      const value = {
        offset,
        leaderEpoch,
        metadata: metadata ?? '',
        commitTimestampMs: now,
        expireTimestampMs,
        // What producers commit has no id in the log.
        topicId: event.producer === undefined ? topicId : ZERO_UUID,
      }
      keys.push(key)
      offsets.push(value)
      records.push(offsetRecord(groupId, key, value))
      return { partition, errorCode: ErrorCode.NONE }
    }),
  }))
  return { answer: { topics }, keys, offsets, records }
}

/** The same code for every partition. */
export function uniform(event: Pick<CommitEvent, 'topics'>, errorCode: ErrorCode): CommitAnswer {
  return {
    topics: event.topics.map(({ name, topicId, partitions }) => ({
      name,
      topicId,
      partitions: partitions.map(({ partition }) => ({ partition, errorCode })),
    })),
  }
}

/** A group that exists in memory alone, for the sake of an offset that was not written after all. */
function removeIfHollow({ groups }: Turn, groupId: string): void {
  const group = groups.find(groupId)
  if (group === null || group.state !== 'Empty' || group.protocolType !== null || group.isRecorded) return
  if (group.members.pendingJoin.size > 0 || groups.offsets.keysOf(groupId).length > 0) return
  groups.remove(groupId)
}
