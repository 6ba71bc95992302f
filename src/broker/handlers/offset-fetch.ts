import { ZERO_UUID } from '../../bytes/uuid.js'
import { type FetchedTopic, fetchOffsets, none } from '../../group/fetch-offsets.js'
import { ErrorCode } from '../../protocol/errors.js'
import { OffsetFetch } from '../../protocol/messages/offset-fetch.js'
import { handle, type RequestContext } from '../handler.js'
import { withinBound } from '../within-bound.js'

interface TopicAnswer extends FetchedTopic {
  readonly topicId: string
}

interface GroupAnswer {
  readonly groupId: string
  readonly topics: readonly TopicAnswer[]
  readonly errorCode: ErrorCode
}

interface AskedTopic {
  readonly name: string
  readonly topicId: string
  readonly partitionIndexes: readonly number[]
}

interface AskedGroup {
  readonly groupId: string
  /** Null for all that the group has. */
  readonly topics: readonly AskedTopic[] | null
}

/** How far groups have read. Earlier versions ask about one group, at the top of the request and of the answer. */
export const offsetFetch = handle(OffsetFetch, '1-10', async (request, context) => {
  const { requireStable } = request
  if (context.clientKnows('offsetFetchBatches')) {
    const told = (group: AskedGroup): GroupAnswer => answer(group, requireStable, context)
    const groups = await withinBound(context.turns, request.groups, told, ({ topics }) => offsetsIn(topics))
    return groups === null ? 'close' : { topics: [], groups }
  }
  const topics = request.topics?.map((topic) => ({ ...topic, topicId: ZERO_UUID })) ?? null
  const { errorCode, topics: fetched } = answer({ groupId: request.groupId, topics }, requireStable, context)
  const isToldOfGroup = context.clientKnows('offsetFetchError')
  const shown = errorCode === ErrorCode.NONE || isToldOfGroup ? fetched : refusedEach(topics ?? [], errorCode)
  return { errorCode, topics: shown, groups: [] }
})

function offsetsIn(topics: readonly TopicAnswer[]): number {
  return topics.reduce((sum, { partitions }) => sum + partitions.length, 0)
}

function answer(asked: AskedGroup, requireStable: boolean, context: RequestContext): GroupAnswer {
  const { groupId } = asked
  const { broker } = context
  const coordinator = broker.groups.find(groupId)
  if (typeof coordinator === 'number') return { groupId, topics: [], errorCode: coordinator }
  const byId = context.clientKnows('offsetTopicIds')
  const { image } = broker.metadata
  const isKnown = ({ topicId }: AskedTopic): boolean => !byId || image.topicById(topicId) !== null
  const topics = asked.topics?.filter(isKnown).map(({ name, topicId, partitionIndexes }) => ({
    name: byId ? image.topicById(topicId)!.name : name,
    topicId: byId ? topicId : ZERO_UUID,
    partitions: partitionIndexes,
  }))
  const fetched = fetchOffsets(coordinator.state, { groupId, topics: topics ?? null, requireStable })
  const found = fetched.map(({ name, partitions }) => ({
    name,
    topicId: image.topic(name)?.id ?? ZERO_UUID,
    partitions: [...partitions],
  }))
  // A topic that is gone has no id to tell it by.
  const tellable = byId ? found.filter(({ topicId }) => topicId !== ZERO_UUID) : found
  const unknown = asked.topics?.filter((topic) => !isKnown(topic)) ?? []
  return {
    groupId,
    topics: [...tellable, ...refusedEach(unknown, ErrorCode.UNKNOWN_TOPIC_ID)],
    errorCode: ErrorCode.NONE,
  }
}

function refusedEach(topics: readonly AskedTopic[], errorCode: ErrorCode): TopicAnswer[] {
  return topics.map(({ name, topicId, partitionIndexes }) => ({
    name,
    topicId,
    partitions: partitionIndexes.map((index) => none(index, errorCode)),
  }))
}
