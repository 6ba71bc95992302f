import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import type { CommitAnswer, CommitTopic } from '../group/commit.js'
import { ErrorCode } from '../protocol/errors.js'
import type { RequestContext } from './handler.js'

/** What every version of a request to store offsets says of a topic. */
interface AskedTopic {
  readonly name: string
  /** The zero id where topics are named. */
  readonly topicId?: Uuid
  readonly partitions: readonly AskedPartition[]
}

interface AskedPartition {
  readonly partitionIndex: number
  readonly committedOffset: number
  readonly committedLeaderEpoch: number
  readonly committedMetadata: string | null
}

export interface SiftedTopic {
  readonly name: string
  readonly topicId: Uuid
  /** With each of the partitions why it cannot be committed, or NONE. */
  readonly partitions: readonly (AskedPartition & { readonly problem: ErrorCode })[]
}

/** Looked up once: a topic that is deleted while its offsets are being written is answered as it was. */
export function sifted(topic: AskedTopic, context: RequestContext): SiftedTopic {
  const { image } = context.broker.metadata
  const byId = context.clientKnows('offsetTopicIds')
  const topicId = topic.topicId ?? ZERO_UUID
  const known = byId ? image.topicById(topicId) : image.topic(topic.name)
  const unknown = byId ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
  const problemOf = (index: number): ErrorCode => {
    if (known === null) return unknown
    return known.partitions[index] === undefined ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE
  }
  return {
    name: known?.name ?? topic.name,
    topicId: known?.id ?? topicId,
    partitions: topic.partitions.map((partition) => ({ ...partition, problem: problemOf(partition.partitionIndex) })),
  }
}

export function committable({ name, topicId, partitions }: SiftedTopic): CommitTopic {
  return {
    name,
    topicId,
    partitions: partitions
      .filter(({ problem }) => problem === ErrorCode.NONE)
      .map(({ partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata }) => ({
        partition: partitionIndex,
        offset: committedOffset,
        leaderEpoch: committedLeaderEpoch,
        metadata: committedMetadata,
      })),
  }
}

export interface TopicCodes {
  readonly name: string
  readonly topicId: Uuid
  readonly partitions: PartitionCode[]
}

interface PartitionCode {
  readonly partitionIndex: number
  readonly errorCode: ErrorCode
}

/**
 * As Kafka puts it together: where nothing was refused beforehand, the group's answers are the answer. Otherwise the refusals
 * come first, and the group's answers are added to them; then a topic that was named twice comes once.
 */
export function codesByTopic(topics: readonly SiftedTopic[], answer: CommitAnswer): TopicCodes[] {
  const refused = topics.map((topic) => ({ ...topic, partitions: topic.partitions.flatMap(refusal) })).filter(hasCodes)
  const answered = answer.topics.map((topic) => ({ ...topic, partitions: topic.partitions.map(told) }))
  if (refused.length === 0) return answered
  const byTopic = new Map<string, TopicCodes>()
  for (const { name, topicId, partitions } of [...refused, ...answered]) {
    const same = byTopic.get(`${topicId} ${name}`)
    if (same === undefined) byTopic.set(`${topicId} ${name}`, { name, topicId, partitions: [...partitions] })
    else for (const partition of partitions) same.partitions.push(partition)
  }
  return [...byTopic.values()]
}

function refusal({ partitionIndex, problem }: SiftedTopic['partitions'][number]): PartitionCode[] {
  return problem === ErrorCode.NONE ? [] : [{ partitionIndex, errorCode: problem }]
}

function told({ partition, errorCode }: CommitAnswer['topics'][number]['partitions'][number]): PartitionCode {
  return { partitionIndex: partition, errorCode }
}

function hasCodes({ partitions }: TopicCodes): boolean {
  return partitions.length > 0
}
