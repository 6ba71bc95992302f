import type { Asker } from '../coordination/effects.js'
import { ErrorCode } from '../protocol/errors.js'
import type { PartitionKey } from './committed-offsets.js'
import type { Group } from './group.js'
import type { Groups, Turn } from './groups.js'
import { groupTombstone, offsetTombstone } from './records.js'

export interface DeleteGroupEvent {
  readonly asker: Asker<ErrorCode>
  readonly groupId: string
}

export function deleteGroup(turn: Turn, { asker, groupId }: DeleteGroupEvent): void {
  const group = turn.groups.find(groupId)
  if (group === null || group.state === 'Dead') {
    turn.effects.reply(asker, ErrorCode.GROUP_ID_NOT_FOUND)
  } else if (group.state !== 'Empty') {
    turn.effects.reply(asker, ErrorCode.NON_EMPTY_GROUP)
  } else {
    bury(turn, group, turn.groups.offsets.keysOf(groupId))
    turn.effects.replyWhenWritten(asker, ErrorCode.NONE, (error) => error)
  }
}

/** Writes that the empty group and these offsets are gone. Until that is committed, nobody can join it. */
export function bury(turn: Turn, group: Group, keys: readonly PartitionKey[]): void {
  const { groups } = turn
  group.transitionTo('Dead', turn.now)
  turn.effects.write({
    records: [...keys.map((key) => offsetTombstone(group.id, key)), groupTombstone(group.id)],
    isDivisible: true,
    apply: () => {
      removeOffsets(groups, group.id, keys)
      if (groups.find(group.id) === group) groups.remove(group.id)
    },
    drop: () => group.revive(),
  })
}

export interface DeleteOffsetsEvent {
  readonly asker: Asker<DeleteOffsetsAnswer>
  readonly groupId: string
  /** Only topics and partitions that exist. */
  readonly topics: readonly { readonly name: string; readonly partitions: readonly number[] }[]
}

export interface DeleteOffsetsAnswer {
  readonly errorCode: ErrorCode
  readonly topics: readonly {
    readonly name: string
    readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: ErrorCode }[]
  }[]
}

/** An offset that is not there counts as deleted. */
export function deleteOffsets(turn: Turn, event: DeleteOffsetsEvent): void {
  const { groups, effects } = turn
  const group = groups.find(event.groupId)
  const error = refusalFor(group, event.groupId)
  if (group === null || error !== ErrorCode.NONE) {
    effects.reply(event.asker, { errorCode: error, topics: [] })
    return
  }
  const existing = new Set(groups.offsets.keysOf(group.id).map(nameOf))
  const doomed: PartitionKey[] = []
  const topics = event.topics.map(({ name, partitions }) => {
    const errorCode = group.isSubscribedTo(name) ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE
    for (const partition of partitions) {
      const key = { topic: name, partition }
      if (errorCode === ErrorCode.NONE && existing.delete(nameOf(key))) doomed.push(key)
    }
    return { name, partitions: partitions.map((partitionIndex) => ({ partitionIndex, errorCode })) }
  })
  writeTombstones(turn, group.id, doomed)
  effects.replyWhenWritten(event.asker, { errorCode: ErrorCode.NONE, topics }, (errorCode) => ({
    errorCode,
    topics: [],
  }))
}

function refusalFor(group: Group | null, groupId: string): ErrorCode {
  if (groupId === '') return ErrorCode.INVALID_GROUP_ID
  if (group === null || group.state === 'Dead') return ErrorCode.GROUP_ID_NOT_FOUND
  // Of what other groups read, the broker knows nothing.
  if (group.state !== 'Empty' && !group.usesConsumerProtocol) return ErrorCode.NON_EMPTY_GROUP
  return ErrorCode.NONE
}

/** Topics are gone, and with them everybody's offsets. */
export function topicsDeleted(turn: Turn, topics: ReadonlySet<string>): void {
  for (const { id } of turn.groups) {
    const keys = turn.groups.offsets.keysOf(id).filter(({ topic }) => topics.has(topic))
    writeTombstones(turn, id, keys)
  }
}

export function writeTombstones({ groups, effects }: Turn, groupId: string, keys: readonly PartitionKey[]): void {
  if (keys.length === 0) return
  effects.write({
    records: keys.map((key) => offsetTombstone(groupId, key)),
    isDivisible: true,
    apply: () => removeOffsets(groups, groupId, keys),
  })
}

function removeOffsets(groups: Groups, groupId: string, keys: readonly PartitionKey[]): void {
  for (const { topic, partition } of keys) groups.offsets.remove(groupId, topic, partition)
}

function nameOf({ topic, partition }: PartitionKey): string {
  return `${topic}-${partition}`
}
