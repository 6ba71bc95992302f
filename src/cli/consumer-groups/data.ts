import type { GroupDescription } from '../../client/group-descriptions.js'
import type { TopicPartition } from '../../client/topic-partition.js'
import { boolean, number, orNull, type RowIn, rows, shape, text } from '../data/shape.js'

export const GROUP_LIST = shape('--list', {
  group: text('its id'),
  type: orNull(text('Classic or Consumer; null where the broker does not say')),
  state: orNull(text('such as Stable or Empty; null where the broker does not say')),
  protocolType: text('consumer; empty for a group that never had a member'),
})

export const GROUP_OFFSETS = shape(
  '--describe',
  {
    group: text('its id'),
    topic: text('a topic'),
    partition: number('a partition of it'),
    leaderEpoch: orNull(number('of the last record read, where the commit says')),
    currentOffset: orNull(number('committed; null for none')),
    logEndOffset: orNull(number('of the partition; null without a leader')),
    lag: orNull(number('records between the two')),
    consumerId: orNull(text('of the member that reads it; null for nobody')),
    host: orNull(text('of that member')),
    clientId: orNull(text('of that member')),
  },
  { columns: ['group', 'topic', 'partition', 'currentOffset', 'logEndOffset', 'lag', 'clientId'] },
)

const PARTITIONS = { topic: text('a topic'), partition: number('a partition of it') }

export const GROUP_MEMBERS = shape(
  '--describe --members',
  {
    group: text('its id'),
    consumerId: text('of the member'),
    instanceId: orNull(text('of a static member')),
    host: text('where it runs'),
    clientId: text('how it names itself'),
    assignment: rows('what it reads', PARTITIONS),
    epoch: orNull(number('of the member; null in a classic group')),
    targetAssignment: orNull(rows('what it is to read; null in a classic group', PARTITIONS)),
    targetEpoch: orNull(number('of the target; null in a classic group')),
    isUpgraded: orNull(boolean('it speaks the newer protocol; null where the broker does not say')),
  },
  { columns: ['group', 'clientId', 'host', 'consumerId', 'assignment'] },
)

export const GROUP_STATES = shape(
  '--describe --state',
  {
    group: text('its id'),
    type: text('Classic or Consumer'),
    state: text('such as Stable or Empty'),
    assignor: orNull(text('how partitions are divided among the members')),
    members: number('how many'),
    epoch: orNull(number('of the group; null in a classic group')),
    targetAssignmentEpoch: orNull(number('of the target; null in a classic group')),
    coordinatorId: number('the broker that keeps the group'),
    coordinatorHost: text('where it is'),
    coordinatorPort: number('where it is'),
  },
  { columns: ['group', 'type', 'state', 'assignor', 'members', 'coordinatorId'] },
)

export const NEW_OFFSETS = shape('--reset-offsets', {
  group: text('its id'),
  ...PARTITIONS,
  newOffset: number('where it will go on; with --execute where it goes on now'),
})

const OUTCOME = { error: orNull(text('why it could not be done; with any the exit code is 1')) }

export const DELETED_GROUPS = shape('--delete', { group: text('its id'), ...OUTCOME })

export const DELETED_OFFSETS = shape('--delete-offsets', {
  group: text('its id'),
  topic: text('a topic'),
  partition: orNull(number('a partition of it; null where none is known')),
  ...OUTCOME,
})

export function memberRows(group: GroupDescription): RowIn<typeof GROUP_MEMBERS>[] {
  return group.members.map((member) => ({
    group: group.id,
    consumerId: member.id,
    instanceId: member.instanceId,
    host: hostOf(member.host),
    clientId: member.clientId,
    assignment: member.assignment.map(plain),
    epoch: member.epoch,
    targetAssignment: member.targetAssignment?.map(plain) ?? null,
    targetEpoch: group.targetAssignmentEpoch,
    isUpgraded: member.isUpgraded,
  }))
}

export function stateRow(group: GroupDescription): RowIn<typeof GROUP_STATES> {
  const { id, type, state, members, epoch, targetAssignmentEpoch, coordinator } = group
  return {
    group: id,
    type,
    state,
    assignor: group.assignor || null,
    members: members.length,
    epoch,
    targetAssignmentEpoch,
    coordinatorId: coordinator.id,
    coordinatorHost: coordinator.host,
    coordinatorPort: coordinator.port,
  }
}

/** Without the slash that Java puts in front of an address. */
export function hostOf(host: string): string {
  return host.replace(/^\//, '')
}

function plain({ topic, partition }: TopicPartition): { topic: string; partition: number } {
  return { topic, partition }
}
