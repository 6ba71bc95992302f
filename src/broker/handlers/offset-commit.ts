import type { Uuid } from '../../bytes/uuid.js'
import { type CommitAnswer, type CommitTopic, commit, uniform } from '../../group/commit.js'
import { ErrorCode } from '../../protocol/errors.js'
import { OffsetCommit } from '../../protocol/messages/offset-commit.js'
import type { ReadRequest } from '../../protocol/schema.js'
import { handle, type RequestContext } from '../handler.js'

type Topic = ReadRequest<typeof OffsetCommit>['topics'][number]

type Partition = Topic['partitions'][number]

/** A group, or a consumer without one, stores how far it has read. What does not exist is refused for itself alone. */
export const offsetCommit = handle(OffsetCommit, '2-10', async (request, context) => {
  const { groupId, generationIdOrMemberEpoch: generation, memberId, groupInstanceId, retentionTimeMs } = request
  const asked = request.topics.map((topic) => sifted(topic, context))
  const topics = asked.map(committable).filter(({ partitions }) => partitions.length > 0)
  const event = {
    groupId,
    generation,
    memberId,
    instanceId: groupInstanceId,
    retentionMs: retentionTimeMs === -1 ? null : retentionTimeMs,
    topics,
  }
  // Where nothing is left to commit, Kafka does not ask the group either.
  const answer: CommitAnswer =
    topics.length === 0
      ? { topics: [] }
      : await context.broker.groups.ask(
          groupId,
          (turn, asker) => commit(turn, { asker, ...event }),
          (error) => uniform(event, error),
        )
  return { topics: merged(asked, answer) }
})

interface SiftedTopic {
  readonly name: string
  readonly topicId: Uuid
  /** With each of the partitions why it cannot be committed, or NONE. */
  readonly partitions: readonly (Partition & { readonly problem: ErrorCode })[]
}

/** Looked up once: a topic that is deleted while its offsets are being written is answered as it was. */
function sifted(topic: Topic, context: RequestContext): SiftedTopic {
  const { image } = context.broker.metadata
  const byId = context.clientKnows('offsetTopicIds')
  const known = byId ? image.topicById(topic.topicId) : image.topic(topic.name)
  const unknown = byId ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
  const problemOf = (index: number): ErrorCode => {
    if (known === null) return unknown
    return known.partitions[index] === undefined ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE
  }
  return {
    name: known?.name ?? topic.name,
    topicId: known?.id ?? topic.topicId,
    partitions: topic.partitions.map((partition) => ({ ...partition, problem: problemOf(partition.partitionIndex) })),
  }
}

function committable({ name, topicId, partitions }: SiftedTopic): CommitTopic {
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

/**
 * As Kafka puts it together: where nothing was refused beforehand, the group's answers are the answer. Otherwise the refusals
 * come first, and the group's answers are added to them; then a topic that was named twice comes once.
 */
function merged(topics: readonly SiftedTopic[], answer: CommitAnswer): Answered[] {
  const refused = topics.map((topic) => ({ ...topic, partitions: topic.partitions.flatMap(refusal) })).filter(hasCodes)
  const answered = answer.topics.map((topic) => ({ ...topic, partitions: topic.partitions.map(told) }))
  if (refused.length === 0) return answered
  const byTopic = new Map<string, Answered>()
  for (const { name, topicId, partitions } of [...refused, ...answered]) {
    const same = byTopic.get(`${topicId} ${name}`)
    if (same === undefined) byTopic.set(`${topicId} ${name}`, { name, topicId, partitions: [...partitions] })
    else same.partitions.push(...partitions)
  }
  return [...byTopic.values()]
}

function refusal({ partitionIndex, problem }: SiftedTopic['partitions'][number]): PartitionCode[] {
  return problem === ErrorCode.NONE ? [] : [{ partitionIndex, errorCode: problem }]
}

function told({ partition, errorCode }: CommitAnswer['topics'][number]['partitions'][number]): PartitionCode {
  return { partitionIndex: partition, errorCode }
}

function hasCodes({ partitions }: Answered): boolean {
  return partitions.length > 0
}

interface Answered {
  readonly name: string
  readonly topicId: Uuid
  readonly partitions: PartitionCode[]
}

interface PartitionCode {
  readonly partitionIndex: number
  readonly errorCode: ErrorCode
}
