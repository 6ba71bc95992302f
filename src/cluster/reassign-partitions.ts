import { ErrorCode } from '../protocol/errors.js'
import type { AlterPartitionReassignments } from '../protocol/messages/alter-partition-reassignments.js'
import type { ReadRequest, WriteResponse } from '../protocol/schema.js'
import { assignmentProblem, isActive } from './assignment.js'
import { type ControllerSettings, type Decision, type Refusal, refusal } from './decision.js'
import { isReachable } from './directories.js'
import type { PartitionImage, TopicImage } from './image.js'
import type { MetadataImage } from './metadata-image.js'
import { changePartition, type Target } from './partition-change.js'
import { isMoving, revertedReassignment, startedReassignment } from './reassignment.js'
import type { RecordOf } from './records.js'

export type ReassignRequest = ReadRequest<typeof AlterPartitionReassignments>
type AskedPartition = ReassignRequest['topics'][number]['partitions'][number]
type Response = WriteResponse<typeof AlterPartitionReassignments>
type Rules = Pick<ControllerSettings, 'minInsyncReplicas' | 'isUncleanElectionEnabled'>

/** Moves partitions to other replicas, or takes a move back (KIP-455); each partition by itself. */
export function reassignPartitions(image: MetadataImage, request: ReassignRequest, rules: Rules): Decision<Response> {
  const { allowReplicationFactorChange } = request
  const records: RecordOf<'PartitionChange'>[] = []
  const responses = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((asked) => {
      const { partitionIndex } = asked
      const moved = reassign(image, name, asked, allowReplicationFactorChange, rules)
      if (moved !== null && 'errorCode' in moved) return { partitionIndex, ...moved }
      if (moved !== null) records.push(moved)
      return { partitionIndex, errorCode: ErrorCode.NONE, errorMessage: null }
    }),
  }))
  const response = { allowReplicationFactorChange, errorCode: ErrorCode.NONE, errorMessage: null, responses }
  return { records, response }
}

function reassign(
  image: MetadataImage,
  name: string,
  { partitionIndex, replicas }: AskedPartition,
  allowReplicationFactorChange: boolean,
  rules: Rules,
): RecordOf<'PartitionChange'> | null | Refusal {
  const topic = image.topic(name)
  if (topic === null) return refusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `Unable to find a topic named ${name}.`)
  const partition = topic.partitions[partitionIndex]
  if (partition === undefined)
    return refusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `Unable to find partition ${name}:${partitionIndex}.`)
  if (replicas === null) return cancel(image, topic, partitionIndex, rules)
  const problem = assignmentProblem(image, replicas, null)
  if (problem !== null) return problem
  const sizeBefore = partition.replicas.length - (isMoving(partition) ? partition.addingReplicas.length : 0)
  if (!allowReplicationFactorChange && replicas.length !== sizeBefore) {
    const message = `The replication factor is changed from ${sizeBefore} to ${replicas.length}`
    return refusal(ErrorCode.INVALID_REPLICATION_FACTOR, message)
  }
  const { adding, removing, ...moved } = startedReassignment(partition.replicas, replicas)
  const target = {
    ...moved,
    ...(adding.length > 0 ? { adding } : {}),
    ...(removing.length > 0 ? { removing } : {}),
  }
  return changeTo(image, topic, partitionIndex, target, 'ONLINE', rules)
}

function cancel(
  image: MetadataImage,
  topic: TopicImage,
  index: number,
  rules: Rules,
): RecordOf<'PartitionChange'> | null | Refusal {
  const partition: PartitionImage = topic.partitions[index]!
  if (!isMoving(partition)) return refusal(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, null)
  const reverted = revertedReassignment(partition)
  if (reverted === null) {
    const message = 'Invalid replica assignment: addingReplicas contains all replicas.'
    return refusal(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message)
  }
  const { replicas, isr, isUnclean } = reverted
  if (isUnclean && !rules.isUncleanElectionEnabled(image, topic.name)) {
    const message =
      `Unable to revert partition assignment for ${topic.name}:${index} because it would require an unclean leader ` +
      'election.'
    return refusal(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message)
  }
  const target = { replicas, isr, adding: [], removing: [] }
  return changeTo(image, topic, index, target, isUnclean ? 'UNCLEAN' : 'ONLINE', rules)
}

function changeTo(
  image: MetadataImage,
  topic: TopicImage,
  partitionId: number,
  target: Target,
  election: 'ONLINE' | 'UNCLEAN',
  rules: Rules,
): RecordOf<'PartitionChange'> | null {
  const partition = topic.partitions[partitionId]!
  return changePartition(partition, target, {
    image,
    topicId: topic.id,
    partitionId,
    election,
    canLead: (broker) => isActive(image, broker) && isReachable(image, partition, broker),
    minInsyncReplicas: rules.minInsyncReplicas(image, topic.name),
  })
}
