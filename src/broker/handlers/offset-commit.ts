import { type CommitAnswer, type CommitTopic, commit, uniform } from '../../group/commit.js'
import { ErrorCode } from '../../protocol/errors.js'
import { OffsetCommit } from '../../protocol/messages/offset-commit.js'
import type { ReadRequest } from '../../protocol/schema.js'
import type { Broker } from '../broker.js'
import { handle, type RequestContext } from '../handler.js'

type Topic = ReadRequest<typeof OffsetCommit>['topics'][number]

/** A group, or a consumer without one, stores how far it has read. What does not exist is refused for itself alone. */
export const offsetCommit = handle(OffsetCommit, '2-10', async (request, context) => {
  const { broker } = context
  const { groupId, generationIdOrMemberEpoch: generation, memberId, groupInstanceId, retentionTimeMs } = request
  const named = request.topics.map((topic) => resolve(topic, context))
  const event = {
    groupId,
    generation,
    memberId,
    instanceId: groupInstanceId,
    retentionMs: retentionTimeMs === -1 ? null : retentionTimeMs,
    topics: named.map((topic) => existing(topic, broker)).filter(({ partitions }) => partitions.length > 0),
  }
  const isNothingLeft = event.topics.length === 0 && request.topics.length > 0
  const answer: CommitAnswer = isNothingLeft
    ? { topics: [] }
    : await broker.groups.ask(
        groupId,
        (turn, asker) => commit(turn, { asker, ...event }),
        (error) => uniform(event, error),
      )
  return { topics: merged(named, answer, broker) }
})

interface NamedTopic extends Topic {
  /** NONE, or why none of its partitions can be committed. */
  readonly errorCode: ErrorCode
}

/** Later versions name topics by id alone. */
function resolve(topic: Topic, context: RequestContext): NamedTopic {
  const { image } = context.broker.metadata
  if (context.clientKnows('offsetTopicIds')) {
    const known = image.topicById(topic.topicId)
    if (known === null) return { ...topic, errorCode: ErrorCode.UNKNOWN_TOPIC_ID }
    return { ...topic, name: known.name, errorCode: ErrorCode.NONE }
  }
  const known = image.topic(topic.name)
  if (known === null) return { ...topic, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }
  return { ...topic, topicId: known.id, errorCode: ErrorCode.NONE }
}

function problemOf({ name, errorCode }: NamedTopic, index: number, broker: Broker): ErrorCode {
  if (errorCode !== ErrorCode.NONE) return errorCode
  return broker.metadata.image.partition(name, index) === null ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE
}

function existing(topic: NamedTopic, broker: Broker): CommitTopic {
  const { name, topicId } = topic
  const partitions = topic.partitions
    .filter(({ partitionIndex }) => problemOf(topic, partitionIndex, broker) === ErrorCode.NONE)
    .map(({ partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata }) => ({
      partition: partitionIndex,
      offset: committedOffset,
      leaderEpoch: committedLeaderEpoch,
      metadata: committedMetadata,
    }))
  return { name, topicId, partitions }
}

/** The group's answers in their order, with the refusals between them. */
function merged(topics: readonly NamedTopic[], answer: CommitAnswer, broker: Broker) {
  const answered = answer.topics.flatMap(({ partitions }) => partitions)[Symbol.iterator]()
  return topics.map((topic) => ({
    name: topic.name,
    topicId: topic.topicId,
    partitions: topic.partitions.map(({ partitionIndex }) => {
      const problem = problemOf(topic, partitionIndex, broker)
      if (problem !== ErrorCode.NONE) return { partitionIndex, errorCode: problem }
      const { value } = answered.next()
      return { partitionIndex, errorCode: value?.errorCode ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }
    }),
  }))
}
