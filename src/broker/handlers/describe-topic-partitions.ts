import { ZERO_UUID } from '../../bytes/uuid.js'
import { isInternalTopic } from '../../cluster/topic-names.js'
import { ErrorCode } from '../../protocol/errors.js'
import { DescribeTopicPartitions } from '../../protocol/messages/describe-topic-partitions.js'
import type { WriteResponse } from '../../protocol/schema.js'
import { topicNameProblem } from '../../protocol/topic-name.js'
import { ALL_OPERATIONS } from '../authorized-operations.js'
import { handle, type RequestContext } from '../handler.js'
import { describePartition } from '../partition-description.js'

type Answer = WriteResponse<typeof DescribeTopicPartitions>
type TopicAnswer = Answer['topics'][number]

/** Topics in the order of their names, page by page (KIP-966). */
export const describeTopicPartitions = handle(DescribeTopicPartitions, '0', (request, context) => {
  const { topics, cursor, responsePartitionLimit } = request
  const { image } = context.broker.metadata
  if (cursor !== null && cursor.partitionIndex < 0) {
    return { topics: topics.map(({ name }) => unknown(name, ErrorCode.INVALID_REQUEST)), nextCursor: null }
  }
  const all = topics.length === 0 ? [...image.topics()] : topics
  const names = [...new Set(all.map(({ name }) => name))]
    .sort()
    .filter((name) => cursor === null || name >= cursor.topicName)
  const limit = Math.min(responsePartitionLimit, context.broker.config.int('max.request.partition.size.limit'))
  return page(names, cursor, Math.max(1, limit), context)
})

function page(
  names: readonly string[],
  cursor: { readonly topicName: string; readonly partitionIndex: number } | null,
  partitionsMax: number,
  context: RequestContext,
): Answer {
  const answers: TopicAnswer[] = []
  let left = partitionsMax
  for (const name of names) {
    const first = cursor?.topicName === name ? cursor.partitionIndex : 0
    if (left === 0) return { topics: answers, nextCursor: { topicName: name, partitionIndex: first } }
    const answer = describeTopic(name, first, left, context)
    answers.push(answer)
    left -= answer.partitions.length
    const next = first + answer.partitions.length
    const isCut = next < (context.broker.metadata.image.topic(name)?.partitions.length ?? 0)
    if (isCut) return { topics: answers, nextCursor: { topicName: name, partitionIndex: next } }
  }
  return { topics: answers, nextCursor: null }
}

function describeTopic(
  name: string,
  first: number,
  count: number,
  { broker, connection }: RequestContext,
): TopicAnswer {
  const { image } = broker.metadata
  const topic = image.topic(name)
  if (topic === null) {
    const isLegal = topicNameProblem(name) === null
    return unknown(name, isLegal ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION)
  }
  return {
    errorCode: ErrorCode.NONE,
    name,
    topicId: topic.id,
    isInternal: isInternalTopic(name),
    partitions: topic.partitions.slice(first, first + count).map((partition, at) => ({
      ...describePartition(image, connection, partition, first + at),
      // Empty lists, never null: the Java admin client cannot read null here.
      eligibleLeaderReplicas: [...partition.elr],
      lastKnownElr: [...partition.lastKnownElr],
    })),
    topicAuthorizedOperations: ALL_OPERATIONS.topic,
  }
}

function unknown(name: string, errorCode: ErrorCode): TopicAnswer {
  return {
    errorCode,
    name,
    topicId: ZERO_UUID,
    isInternal: isInternalTopic(name),
    partitions: [],
    topicAuthorizedOperations: ALL_OPERATIONS.topic,
  }
}
