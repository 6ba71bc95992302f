import { Reader } from '../bytes/reader.js'
import { readMessage } from '../protocol/codec.js'
import { ErrorCode } from '../protocol/errors.js'
import { ConsumerGroupDescribe } from '../protocol/messages/consumer-group-describe.js'
import { DescribeGroups } from '../protocol/messages/describe-groups.js'
import type { ReadResponse } from '../protocol/schema.js'
import { ConsumerProtocolAssignment } from '../protocol/state/consumer-protocol.js'
import type { Attempt, Broker, ClusterClient } from './cluster-client.js'
import { ClientError, KafkaError, throwIfError } from './kafka-error.js'
import type { TopicPartition } from './topic-partition.js'

export interface MemberDescription {
  readonly id: string
  readonly instanceId: string | null
  readonly clientId: string
  /** With the slash that Java puts in front of an address. */
  readonly host: string
  readonly assignment: readonly TopicPartition[]
  /** Groups of the consumer protocol only. */
  readonly epoch: number | null
  readonly targetAssignment: readonly TopicPartition[] | null
  /** Whether the member speaks the consumer protocol itself; null when the broker does not say. */
  readonly isUpgraded: boolean | null
}

export interface GroupDescription {
  readonly id: string
  readonly type: 'Classic' | 'Consumer'
  readonly state: string
  /** "" when there is none. */
  readonly assignor: string
  readonly coordinator: Broker
  /** In the order of the broker's answer. */
  readonly members: readonly MemberDescription[]
  /** Groups of the consumer protocol only. */
  readonly epoch: number | null
  readonly targetAssignmentEpoch: number | null
}

/** Describes consumer groups of either protocol; a group that cannot be described has its error instead. */
export async function describeGroups(
  client: ClusterClient,
  ids: readonly string[],
  timeoutMs?: number,
): Promise<Map<string, GroupDescription | Error>> {
  const describeOne = async (id: string): Promise<GroupDescription | Error> => {
    try {
      const target = { coordinator: id }
      return await client.run('describeConsumerGroups', target, (attempt) => describeAt(attempt, id), timeoutMs)
    } catch (error) {
      if (error instanceof KafkaError || error instanceof ClientError) return error
      throw error
    }
  }
  return new Map(await Promise.all([...new Set(ids)].map(async (id) => [id, await describeOne(id)] as const)))
}

/** A coordinator that knows the newer protocol is asked for that first; a classic group is no such group there. */
async function describeAt(attempt: Attempt, id: string): Promise<GroupDescription> {
  if (attempt.connection.version(ConsumerGroupDescribe) !== null) {
    const request = { groupIds: [id], includeAuthorizedOperations: false }
    const response = await attempt.connection.call(ConsumerGroupDescribe, request, attempt)
    const group = response.groups[0]
    if (group?.errorCode === ErrorCode.NONE) return consumerGroup(group, attempt.broker!)
    if (group !== undefined && !IS_NO_CONSUMER_GROUP.has(group.errorCode)) throwIfError(group.errorCode)
  }
  const request = { groups: [id], includeAuthorizedOperations: false }
  const response = await attempt.connection.call(DescribeGroups, request, attempt)
  const group = response.groups[0]
  if (group === undefined) throw new KafkaError(ErrorCode.UNKNOWN_SERVER_ERROR)
  throwIfError(group.errorCode, group.errorMessage)
  return classicGroup(group, attempt.broker!)
}

const IS_NO_CONSUMER_GROUP = new Set<ErrorCode>([ErrorCode.GROUP_ID_NOT_FOUND, ErrorCode.UNSUPPORTED_VERSION])
const MEMBER_TYPE_CONSUMER = 1

type ConsumerGroup = ReadResponse<typeof ConsumerGroupDescribe>['groups'][number]

function consumerGroup(group: ConsumerGroup, coordinator: Broker): GroupDescription {
  return {
    id: group.groupId,
    type: 'Consumer',
    state: group.groupState,
    assignor: group.assignorName,
    coordinator,
    epoch: group.groupEpoch,
    targetAssignmentEpoch: group.assignmentEpoch,
    members: group.members.map((member) => ({
      id: member.memberId,
      instanceId: member.instanceId,
      clientId: member.clientId,
      host: member.clientHost,
      assignment: partitionsOf(member.assignment),
      epoch: member.memberEpoch,
      targetAssignment: partitionsOf(member.targetAssignment),
      isUpgraded: member.memberType < 0 ? null : member.memberType === MEMBER_TYPE_CONSUMER,
    })),
  }
}

function partitionsOf(assignment: ConsumerGroup['members'][number]['assignment']): TopicPartition[] {
  return assignment.topicPartitions.flatMap(({ topicName, partitions }) =>
    partitions.map((partition) => ({ topic: topicName, partition })),
  )
}

type ClassicGroup = ReadResponse<typeof DescribeGroups>['groups'][number]

function classicGroup(group: ClassicGroup, coordinator: Broker): GroupDescription {
  if (group.protocolType !== 'consumer' && group.protocolType !== '') {
    throw new ClientError(`GroupId ${group.groupId} is not a consumer group (${group.protocolType}).`)
  }
  return {
    id: group.groupId,
    type: 'Classic',
    state: group.groupState,
    assignor: group.protocolData,
    coordinator,
    epoch: null,
    targetAssignmentEpoch: null,
    members: group.members.map((member) => ({
      id: member.memberId,
      instanceId: member.groupInstanceId,
      clientId: member.clientId,
      host: member.clientHost,
      assignment: classicAssignment(member.memberAssignment),
      epoch: null,
      targetAssignment: null,
      isUpgraded: null,
    })),
  }
}

/** An assignment of a version newer than ours starts with the fields that we know. */
function classicAssignment(bytes: Buffer): TopicPartition[] {
  if (bytes.length === 0) return []
  const reader = new Reader(bytes)
  const version = Math.min(reader.int16(), ConsumerProtocolAssignment.maxVersion)
  const { assignedPartitions } = readMessage(ConsumerProtocolAssignment, version, reader)
  return assignedPartitions.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
}
