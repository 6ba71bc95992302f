import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'
import { DescribeTopicPartitions } from '../protocol/messages/describe-topic-partitions.js'
import { Metadata } from '../protocol/messages/metadata.js'
import type { ReadResponse } from '../protocol/schema.js'
import type { Attempt, ClusterClient } from './cluster-client.js'
import { KafkaError, throwIfError } from './kafka-error.js'
import { unsendableName } from './topics.js'

export interface PartitionDescription {
  readonly index: number
  /** Broker id, null without a leader. */
  readonly leader: number | null
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  /** KIP-966: null when the broker does not say. */
  readonly elr: readonly number[] | null
  readonly lastKnownElr: readonly number[] | null
}

export interface TopicDescription {
  readonly name: string
  readonly id: Uuid
  readonly isInternal: boolean
  /** In ascending order. */
  readonly partitions: readonly PartitionDescription[]
}

export interface DescribeOptions {
  /** Partitions in one answer, where the broker can answer in pieces. */
  readonly partitionsPerAnswer?: number
  readonly timeoutMs?: number
}

/** What `names` look like; a topic that cannot be described has its error instead. */
export async function describeTopics(
  client: ClusterClient,
  names: readonly string[],
  options: DescribeOptions = {},
): Promise<Map<string, TopicDescription | KafkaError>> {
  const found = new Map<string, TopicDescription | KafkaError>()
  const asked = names.filter((name) => {
    if (name !== '') return true
    found.set(name, unsendableName(name))
    return false
  })
  if (asked.length === 0) return found
  const act = async (attempt: Attempt) =>
    attempt.connection.version(DescribeTopicPartitions) === null
      ? await fromMetadata(client, asked, attempt)
      : await inPieces(asked, options.partitionsPerAnswer ?? 2000, attempt)
  const described = await client.run('describeTopics', 'any', act, options.timeoutMs)
  return new Map([...found, ...described])
}

/** What the topic with this id looks like. @throws KafkaError UNKNOWN_TOPIC_ID among others. */
export async function describeTopicById(client: ClusterClient, id: Uuid): Promise<TopicDescription> {
  return await client.run('describeTopicByIds', 'any', async ({ connection, timeoutMs }) => {
    if ((connection.version(Metadata) ?? 0) < 12) throw new KafkaError(ErrorCode.UNSUPPORTED_VERSION)
    const request = { topics: [{ topicId: id, name: null }], allowAutoTopicCreation: false }
    const response = await connection.call(Metadata, request, { timeoutMs })
    client.noteMetadata(response)
    const topic = response.topics[0]
    if (topic === undefined) throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_ID)
    throwIfError(topic.errorCode)
    return descriptionOf(topic)
  })
}

async function inPieces(
  names: readonly string[],
  partitionsPerAnswer: number,
  { connection, timeoutMs }: Attempt,
): Promise<Map<string, TopicDescription | KafkaError>> {
  const topics = [...names].sort(byCodeUnit).map((name) => ({ name }))
  const described = new Map<string, TopicDescription | KafkaError>()
  let cursor: { topicName: string; partitionIndex: number } | null = null
  do {
    const from: string = cursor?.topicName ?? ''
    const response: ReadResponse<typeof DescribeTopicPartitions> = await connection.call(
      DescribeTopicPartitions,
      {
        topics: topics.filter(({ name }) => name >= from),
        responsePartitionLimit: partitionsPerAnswer,
        cursor,
      },
      { timeoutMs },
    )
    for (const topic of response.topics) addPiece(described, topic)
    cursor = response.nextCursor
  } while (cursor !== null)
  return described
}

type Piece = ReadResponse<typeof DescribeTopicPartitions>['topics'][number]

/** A topic whose partitions do not fit in one answer goes on in the next. */
function addPiece(described: Map<string, TopicDescription | KafkaError>, piece: Piece): void {
  const name = piece.name ?? ''
  if (piece.errorCode !== ErrorCode.NONE) {
    described.set(name, new KafkaError(piece.errorCode))
    return
  }
  const before = described.get(name)
  const partitions = piece.partitions.map((partition) => ({
    index: partition.partitionIndex,
    leader: partition.leaderId < 0 ? null : partition.leaderId,
    leaderEpoch: partition.leaderEpoch,
    replicas: partition.replicaNodes,
    isr: partition.isrNodes,
    elr: partition.eligibleLeaderReplicas ?? [],
    lastKnownElr: partition.lastKnownElr ?? [],
  }))
  const earlier = before === undefined || before instanceof KafkaError ? [] : before.partitions
  described.set(name, {
    name,
    id: piece.topicId,
    isInternal: piece.isInternal,
    partitions: [...earlier, ...partitions],
  })
}

async function fromMetadata(
  client: ClusterClient,
  names: readonly string[],
  { connection, timeoutMs }: Attempt,
): Promise<Map<string, TopicDescription | KafkaError>> {
  const topics = names.map((name) => ({ name, topicId: ZERO_UUID }))
  const response = await connection.call(Metadata, { topics, allowAutoTopicCreation: false }, { timeoutMs })
  client.noteMetadata(response)
  return new Map(
    response.topics.map((topic) => [
      topic.name ?? '',
      topic.errorCode === ErrorCode.NONE ? descriptionOf(topic) : new KafkaError(topic.errorCode),
    ]),
  )
}

function descriptionOf(topic: ReadResponse<typeof Metadata>['topics'][number]): TopicDescription {
  const partitions = topic.partitions.map((partition) => ({
    index: partition.partitionIndex,
    leader: partition.leaderId < 0 ? null : partition.leaderId,
    leaderEpoch: partition.leaderEpoch,
    replicas: partition.replicaNodes,
    isr: partition.isrNodes,
    elr: null,
    lastKnownElr: null,
  }))
  partitions.sort((a, b) => a.index - b.index)
  return { name: topic.name ?? '', id: topic.topicId, isInternal: topic.isInternal, partitions }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
