import { ErrorCode } from '../protocol/errors.js'
import type { CreatePartitions } from '../protocol/messages/create-partitions.js'
import type { ReadRequest, WriteResponse } from '../protocol/schema.js'
import { assignmentProblem, newPartition, placeable } from './assignment.js'
import {
  type Charge,
  type ControllerSettings,
  type Decision,
  RECORDS_PER_REQUEST_MAX,
  type Refusal,
  refusal,
} from './decision.js'
import type { TopicImage } from './image.js'
import type { MetadataImage } from './metadata-image.js'
import { placeReplicas, unplaceable } from './placement.js'
import type { MetadataRecord } from './records.js'

export type CreatePartitionsRequest = ReadRequest<typeof CreatePartitions>
type Asked = CreatePartitionsRequest['topics'][number]
type Result = WriteResponse<typeof CreatePartitions>['results'][number]

/** Makes topics larger: `count` is what each shall have altogether. */
export function createPartitions(
  image: MetadataImage,
  request: Pick<CreatePartitionsRequest, 'topics' | 'validateOnly'>,
  settings: Pick<ControllerSettings, 'random'>,
  charge: Charge = () => null,
): Decision<{ results: Result[] }> {
  const names = request.topics.map(({ name }) => name)
  const seen = new Set<string>()
  const repeated = new Set(names.filter((name) => seen.size === seen.add(name).size))
  const records: MetadataRecord[] = []
  const results: Result[] = [...repeated].map((name) => ({
    name,
    ...refusal(ErrorCode.INVALID_REQUEST, 'Duplicate topic name.'),
  }))
  for (const asked of request.topics) {
    if (repeated.has(asked.name)) continue
    const added = addPartitions(image, asked, settings, charge)
    if ('errorCode' in added) results.push({ name: asked.name, ...added })
    else {
      records.push(...added)
      results.push({ name: asked.name, errorCode: ErrorCode.NONE, errorMessage: null })
    }
  }
  if (records.length > RECORDS_PER_REQUEST_MAX) {
    const excessive = refusal(ErrorCode.POLICY_VIOLATION, 'Unable to perform excessively large batch operation.')
    return { records: [], response: { results: [...new Set(names)].map((name) => ({ name, ...excessive })) } }
  }
  return { records: request.validateOnly ? [] : records, response: { results } }
}

function addPartitions(
  image: MetadataImage,
  asked: Asked,
  { random }: Pick<ControllerSettings, 'random'>,
  charge: Charge,
): MetadataRecord[] | Refusal {
  const topic = image.topic(asked.name)
  if (topic === null) return refusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null)
  const before = topic.partitions.length
  const refused = refuseCount(topic, asked) ?? charge(asked.count - before)
  if (refused !== null) return refused
  const replicationFactor = topic.partitions[0]!.replicas.length
  const lists =
    asked.assignments === null
      ? placeReplicas({ brokers: placeable(image), count: asked.count - before, replicationFactor, random })
      : asked.assignments.map(({ brokerIds }) => brokerIds)
  if ('errorCode' in lists) return lists
  const records: MetadataRecord[] = []
  for (const [index, replicas] of lists.entries()) {
    const problem = asked.assignments === null ? null : assignmentProblem(image, replicas, replicationFactor)
    if (problem !== null) return problem
    const partitionId = before + index
    const record = newPartition(image, { topicId: topic.id, partitionId }, replicas)
    if (record === null) return nobodyActive(asked, partitionId, replicationFactor)
    records.push(record)
  }
  return records
}

function refuseCount({ name, partitions }: TopicImage, { count, assignments }: Asked): Refusal | null {
  const before = partitions.length
  if (count === before) return refusal(ErrorCode.INVALID_PARTITIONS, `Topic already has ${before} partition(s).`)
  if (count < before) {
    const message = `The topic ${name} currently has ${before} partition(s); ${count} would not be an increase.`
    return refusal(ErrorCode.INVALID_PARTITIONS, message)
  }
  const additional = count - before
  if (additional > RECORDS_PER_REQUEST_MAX)
    return refusal(ErrorCode.POLICY_VIOLATION, 'Unable to perform excessively large batch operation.')
  if (assignments === null || assignments.length === additional) return null
  return refusal(
    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
    `Attempted to add ${additional} additional partition(s), but only ${assignments.length} assignment(s) were specified.`,
  )
}

function nobodyActive(asked: Asked, partition: number, replicationFactor: number): Refusal {
  if (asked.assignments === null)
    return unplaceable(replicationFactor, 'All brokers are currently fenced or in controlled shutdown.')
  return refusal(
    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
    `All brokers specified in the manual partition assignment for partition ${partition} are fenced or in controlled shutdown.`,
  )
}
