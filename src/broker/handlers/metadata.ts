import { ZERO_UUID } from '../../bytes/uuid.js'
import type { TopicImage } from '../../cluster/image.js'
import type { MetadataImage } from '../../cluster/metadata-image.js'
import { isInternalTopic } from '../../cluster/topic-names.js'
import { ErrorCode } from '../../protocol/errors.js'
import { Metadata } from '../../protocol/messages/metadata.js'
import type { ReadRequest, WriteResponse } from '../../protocol/schema.js'
import { topicNameProblem } from '../../protocol/topic-name.js'
import { ALL_OPERATIONS, OPERATIONS_NOT_ASKED } from '../authorized-operations.js'
import { createMissingTopics } from '../auto-creation.js'
import { servingEndpoints } from '../endpoints.js'
import { handle, type RequestContext } from '../handler.js'
import { describePartition } from '../partition-description.js'

type Request = ReadRequest<typeof Metadata>
type TopicAnswer = WriteResponse<typeof Metadata>['topics'][number]

/** Brokers, topics and who leads what; creates topics that are asked for by name and missing, where that is allowed. */
export const metadata = handle(Metadata, '0-13', async (request, context) => {
  const { broker, connection } = context
  if (!isAskable(request, context)) return { brokers: [], topics: refuse(request) }
  const topics = await describeTopics(request, context)
  const endpoints = servingEndpoints(broker.metadata.image, connection)
  return {
    brokers: endpoints,
    clusterId: broker.clusterId,
    // Any broker takes what is meant for the controller, so any that serves will do.
    controllerId: endpoints.some(({ nodeId }) => nodeId === broker.nodeId)
      ? broker.nodeId
      : (endpoints[0]?.nodeId ?? -1),
    topics,
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
      ? ALL_OPERATIONS.cluster
      : OPERATIONS_NOT_ASKED,
  }
})

async function describeTopics(request: Request, context: RequestContext): Promise<TopicAnswer[]> {
  const { image } = context.broker.metadata
  const { turns } = context
  if (request.topics === null) return turns.map([...image.topics()], (topic) => found(topic, image, request, context))
  const ids = [...new Set(request.topics.map(({ topicId }) => topicId).filter((id) => id !== ZERO_UUID))]
  if (ids.length > 0) return turns.map(ids, (id) => byId(id, image, request, context))
  const names = [...new Set(request.topics.map(({ name }) => name!))]
  return byNames(names, request, context)
}

/** Ids are for those who know them; and every topic has to be named somehow. */
function isAskable({ topics }: Request, context: RequestContext): boolean {
  const knowsIds = context.clientKnows('metadataTopicIds')
  return (topics ?? []).every(({ name, topicId }) =>
    knowsIds ? name !== null || topicId !== ZERO_UUID : name !== null && topicId === ZERO_UUID,
  )
}

function refuse(request: Request): TopicAnswer[] {
  return (request.topics ?? []).map(({ name, topicId }) => ({
    errorCode: ErrorCode.INVALID_REQUEST,
    name: name ?? '',
    topicId,
    partitions: [],
  }))
}

function byId(id: string, image: MetadataImage, request: Request, context: RequestContext): TopicAnswer {
  const topic = image.topicById(id)
  return topic === null ? missing(ErrorCode.UNKNOWN_TOPIC_ID, null, id, request) : found(topic, image, request, context)
}

async function byNames(names: readonly string[], request: Request, context: RequestContext): Promise<TopicAnswer[]> {
  const { broker, turns } = context
  const absent = names.filter((name) => broker.metadata.image.topic(name) === null)
  const isCreating =
    absent.length > 0 && request.allowAutoTopicCreation && broker.config.boolean('auto.create.topics.enable')
  const refused = isCreating ? await createMissingTopics(context, absent) : new Map<string, ErrorCode>()
  const { image } = broker.metadata
  return turns.map(names, (name) => {
    const topic = image.topic(name)
    if (topic !== null) return found(topic, image, request, context)
    const isLegal = topicNameProblem(name) === null
    const errorCode = isLegal ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION
    return missing(refused.get(name) ?? errorCode, name, ZERO_UUID, request)
  })
}

function found(topic: TopicImage, image: MetadataImage, request: Request, { connection }: RequestContext): TopicAnswer {
  return {
    errorCode: ErrorCode.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.map((partition, index) => describePartition(image, connection, partition, index)),
    topicAuthorizedOperations: operations(request),
  }
}

function missing(errorCode: ErrorCode, name: string | null, topicId: string, request: Request): TopicAnswer {
  const isInternal = name !== null && isInternalTopic(name)
  return { errorCode, name, topicId, isInternal, partitions: [], topicAuthorizedOperations: operations(request) }
}

function operations({ includeTopicAuthorizedOperations }: Request): number {
  return includeTopicAuthorizedOperations ? ALL_OPERATIONS.topic : OPERATIONS_NOT_ASKED
}
