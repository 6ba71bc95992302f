import { randomUuid } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'
import type { CreateTopics } from '../protocol/messages/create-topics.js'
import type { ReadRequest, WriteResponse } from '../protocol/schema.js'
import { topicNameProblem } from '../protocol/topic-name.js'
import { alterTopicConfigs } from './alter-configs.js'
import { assignmentProblem, isActive, newPartition, placeable } from './assignment.js'
import {
  type Charge,
  type ControllerSettings,
  type Decision,
  RECORDS_PER_REQUEST_MAX,
  type Refusal,
  refusal,
} from './decision.js'
import type { MetadataImage } from './metadata-image.js'
import { placeReplicas, unplaceable } from './placement.js'
import type { MetadataRecord } from './records.js'
import { METADATA_TOPIC, NameCollisions } from './topic-names.js'

export type CreateTopicsRequest = ReadRequest<typeof CreateTopics>
type NewTopic = CreateTopicsRequest['topics'][number]
type Result = WriteResponse<typeof CreateTopics>['topics'][number]
/** The effective configs of a topic that has the given ones of its own, as they are told to whoever created it. */
export type DescribeConfigs = (own: ReadonlyMap<string, string>) => Result['configs']

/** Each topic is created whole or not at all, whatever becomes of the others. */
export function createTopics(
  image: MetadataImage,
  request: Pick<CreateTopicsRequest, 'topics' | 'validateOnly'>,
  settings: ControllerSettings,
  describe: DescribeConfigs,
  charge: Charge = () => null,
): Decision<{ topics: Result[] }> {
  const { validateOnly } = request
  const { topics, repeated } = withoutRepeated(request.topics)
  const results: Result[] = repeated.map((name) =>
    refused(name, refusal(ErrorCode.INVALID_REQUEST, 'Duplicate topic name.')),
  )
  if (partitionsAskedFor(topics, settings) > RECORDS_PER_REQUEST_MAX) {
    const excessive = refusal(ErrorCode.POLICY_VIOLATION, 'Excessively large number of partitions per request.')
    return { records: [], response: { topics: [...results, ...topics.map(({ name }) => refused(name, excessive))] } }
  }
  const records: MetadataRecord[] = []
  const collisions = new NameCollisions(image)
  for (const topic of topics) {
    const created = createTopic(image, topic, settings, charge, collisions)
    if ('errorCode' in created) {
      results.push(refused(topic.name, created))
      continue
    }
    records.push(...created.records)
    collisions.add(topic.name)
    results.push({
      name: topic.name,
      topicId: created.topicId,
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      numPartitions: created.partitions.length,
      replicationFactor: created.partitions[0]!.length,
      configs: describe(created.configs),
    })
  }
  if (records.length > RECORDS_PER_REQUEST_MAX) {
    const excessive = refusal(ErrorCode.POLICY_VIOLATION, 'Unable to perform excessively large batch operation.')
    return { records: [], response: { topics: request.topics.map(({ name }) => refused(name, excessive)) } }
  }
  return { records: validateOnly ? [] : records, response: { topics: results } }
}

interface Created {
  readonly topicId: string
  readonly partitions: readonly (readonly number[])[]
  readonly configs: ReadonlyMap<string, string>
  readonly records: readonly MetadataRecord[]
}

function createTopic(
  image: MetadataImage,
  topic: NewTopic,
  settings: ControllerSettings,
  charge: Charge,
  collisions: NameCollisions,
): Created | Refusal {
  const { name } = topic
  const nameRefusal = refuseName(image, name, collisions)
  if (nameRefusal !== null) return nameRefusal
  const nulls = topic.configs.filter((config) => config.value === null)
  if (nulls.length > 0) {
    const names = nulls.map((config) => config.name).join(',')
    return refusal(ErrorCode.INVALID_CONFIG, `Null value not supported for topic configs: ${names}`)
  }
  const configs = new Map(topic.configs.map((config) => [config.name, config.value ?? '']))
  const configRecords = alterTopicConfigs(image, name, configs, settings)
  if ('errorCode' in configRecords) return configRecords
  const partitions = topic.assignments.length > 0 ? assignedByHand(image, topic) : placed(image, topic, settings)
  if ('errorCode' in partitions) return partitions
  const topicId = randomUuid(settings.random)
  const partitionRecords: MetadataRecord[] = []
  for (const [partitionId, replicas] of partitions.entries()) {
    const record = newPartition(image, { topicId, partitionId }, replicas)
    if (record === null) return nobodyActive(topic, partitionId, replicas.length)
    partitionRecords.push(record)
  }
  const overQuota = charge(partitions.length)
  if (overQuota !== null) return overQuota
  const records = [{ type: 'Topic', name, topicId } as const, ...configRecords.records, ...partitionRecords]
  return { topicId, partitions, configs, records }
}

function refuseName(image: MetadataImage, name: string, collisions: NameCollisions): Refusal | null {
  if (name === METADATA_TOPIC)
    return refusal(ErrorCode.INVALID_REQUEST, `Creation of internal topic ${METADATA_TOPIC} is prohibited.`)
  if (image.topic(name) !== null) return refusal(ErrorCode.TOPIC_ALREADY_EXISTS, `Topic '${name}' already exists.`)
  const problem = topicNameProblem(name)
  if (problem !== null) return refusal(ErrorCode.INVALID_TOPIC_EXCEPTION, problem)
  const other = collisions.with(name)
  if (other === null) return null
  return refusal(ErrorCode.INVALID_TOPIC_EXCEPTION, `Topic '${name}' collides with existing topic: ${other}`)
}

function assignedByHand(image: MetadataImage, topic: NewTopic): number[][] | Refusal {
  const byHand = 'A manual partition assignment was specified, but'
  if (topic.replicationFactor !== -1)
    return refusal(ErrorCode.INVALID_REQUEST, `${byHand} replication factor was not set to -1.`)
  if (topic.numPartitions !== -1)
    return refusal(ErrorCode.INVALID_REQUEST, `${byHand} numPartitions was not set to -1.`)
  const partitions: number[][] = []
  const seen = new Map<number, number[]>()
  let before: number[] | undefined
  for (const { partitionIndex, brokerIds } of topic.assignments) {
    if (seen.has(partitionIndex)) {
      const message = `Found multiple manual partition assignments for partition ${partitionIndex}`
      return refusal(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message)
    }
    const problem = assignmentProblem(image, brokerIds, before?.length ?? null)
    if (problem !== null) return problem
    if (!brokerIds.some((broker) => isActive(image, broker)))
      return nobodyActive(topic, partitionIndex, brokerIds.length)
    seen.set(partitionIndex, brokerIds)
    before = brokerIds
  }
  for (let index = 0; index < seen.size; index++) {
    const replicas = seen.get(index)
    if (replicas === undefined) {
      const message = 'partitions should be a consecutive 0-based integer sequence'
      return refusal(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message)
    }
    partitions.push(replicas)
  }
  return partitions
}

function placed(image: MetadataImage, topic: NewTopic, settings: ControllerSettings): number[][] | Refusal {
  if (topic.replicationFactor < -1 || topic.replicationFactor === 0) {
    const message = 'Replication factor must be larger than 0, or -1 to use the default value.'
    return refusal(ErrorCode.INVALID_REPLICATION_FACTOR, message)
  }
  if (topic.numPartitions < -1 || topic.numPartitions === 0) {
    const message = 'Number of partitions was set to an invalid non-positive value.'
    return refusal(ErrorCode.INVALID_PARTITIONS, message)
  }
  return placeReplicas({
    brokers: placeable(image),
    count: topic.numPartitions === -1 ? settings.numPartitions : topic.numPartitions,
    replicationFactor: topic.replicationFactor === -1 ? settings.defaultReplicationFactor : topic.replicationFactor,
    random: settings.random,
  })
}

function nobodyActive(topic: NewTopic, partition: number, replicationFactor: number): Refusal {
  if (topic.assignments.length === 0)
    return unplaceable(replicationFactor, 'All brokers are currently fenced or in controlled shutdown.')
  return refusal(
    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
    `All brokers specified in the manual partition assignment for partition ${partition} are fenced or in controlled shutdown.`,
  )
}

function withoutRepeated(all: readonly NewTopic[]): { topics: NewTopic[]; repeated: string[] } {
  const counts = new Map<string, number>()
  for (const { name } of all) counts.set(name, (counts.get(name) ?? 0) + 1)
  return {
    topics: all.filter(({ name }) => counts.get(name) === 1),
    repeated: [...counts].filter(([, count]) => count > 1).map(([name]) => name),
  }
}

function partitionsAskedFor(topics: readonly NewTopic[], settings: ControllerSettings): number {
  let sum = 0
  for (const { assignments, numPartitions } of topics) {
    const asked = numPartitions === -1 ? settings.numPartitions : Math.max(0, numPartitions)
    sum += assignments.length > 0 ? assignments.length : asked
  }
  return sum
}

function refused(name: string, { errorCode, errorMessage }: Refusal): Result {
  return { name, errorCode, errorMessage, configs: [] }
}
