import { METADATA_TOPIC_ID } from '../../bytes/uuid.js'
import { METADATA_TOPIC } from '../../cluster/topic-names.js'
import { ErrorCode } from '../../protocol/errors.js'
import { Fetch } from '../../protocol/messages/fetch.js'
import type { ReadRequest, WriteResponse } from '../../protocol/schema.js'
import type { FetchDecision } from '../../quorum/replication.js'
import { handle, type RequestContext } from '../handler.js'
import { leaderEndpoints } from '../leader-endpoints.js'
import { waitUntil } from '../waiting.js'

type Asked = ReadRequest<typeof Fetch>['topics'][number]['partitions'][number]
type Partition = WriteResponse<typeof Fetch>['responses'][number]['partitions'][number]

/** Records of the metadata log, for voters and for brokers that follow (KIP-595). What a voter asks for tells what it has. */
export const fetchMetadata = handle(Fetch, '4-18', async (request, context) => {
  const { metadata, clusterId, clock } = context.broker
  const [topic, ...others] = request.topics
  const asked = topic?.partitions[0]
  const isById = context.clientKnows('topicIds')
  const isMetadata = isById ? topic?.topicId === METADATA_TOPIC_ID : topic?.topic === METADATA_TOPIC
  if (
    others.length > 0 ||
    asked === undefined ||
    topic?.partitions.length !== 1 ||
    asked.partition !== 0 ||
    !isMetadata
  )
    return failed(ErrorCode.INVALID_REQUEST)
  if (request.clusterId !== null && request.clusterId !== clusterId) return failed(ErrorCode.INCONSISTENT_CLUSTER_ID)
  const replicaId = request.replicaState.replicaId === -1 ? request.replicaId : request.replicaState.replicaId
  const decide = (): FetchDecision =>
    metadata.quorum.fetch({
      replicaId,
      directoryId: asked.replicaDirectoryId,
      epoch: asked.currentLeaderEpoch,
      fetchOffset: asked.fetchOffset,
      lastFetchedEpoch: asked.lastFetchedEpoch,
    })
  let decision = decide()
  if (decision.type === 'read' && !hasNews(context, asked)) {
    const outcome = await waitUntil({
      clock,
      waitMs: request.maxWaitMs,
      signals: [metadata.quorum.changes],
      isDone: () => metadata.quorum.leaderError(asked.currentLeaderEpoch) !== ErrorCode.NONE || hasNews(context, asked),
      onClose: (act) => context.connection.onClose(act),
    })
    if (outcome === 'closed') return null
    decision = decide()
  }
  const partition = answered(decision, asked, context)
  return {
    errorCode: ErrorCode.NONE,
    responses: [{ topic: topic.topic, topicId: topic.topicId, partitions: [partition] }],
    nodeEndpoints: leaderEndpoints(context),
  }
})

/** Records that it has not, or that more of what it has is committed than it knows. */
function hasNews({ broker: { metadata } }: RequestContext, { fetchOffset, highWatermark }: Asked): boolean {
  return metadata.partitionLog.writtenEndOffset > fetchOffset || metadata.highWatermark > highWatermark
}

function answered(decision: FetchDecision, asked: Asked, context: RequestContext): Partition {
  const { metadata } = context.broker
  const { quorum, partitionLog } = metadata
  const base = {
    partitionIndex: 0,
    errorCode: ErrorCode.NONE as ErrorCode,
    highWatermark: metadata.highWatermark,
    lastStableOffset: metadata.highWatermark,
    logStartOffset: partitionLog.logStartOffset,
    currentLeader: { leaderId: quorum.leaderId ?? -1, leaderEpoch: quorum.epoch },
    abortedTransactions: null,
    records: null,
  }
  if (decision.type === 'refused') {
    const { errorCode, leaderId, epoch } = decision.answer
    return { ...base, errorCode, highWatermark: -1, currentLeader: { leaderId, leaderEpoch: epoch } }
  }
  if (decision.type === 'diverging')
    return { ...base, divergingEpoch: { epoch: decision.epoch, endOffset: decision.endOffset } }
  if (decision.type === 'snapshot') return { ...base, snapshotId: decision.snapshot }
  const endOffset = partitionLog.writtenEndOffset
  const read = partitionLog.read(asked.fetchOffset, asked.partitionMaxBytes, { endOffset, minOneBatch: true })
  context.onAnswered(() => read.release())
  return { ...base, records: read.chunks as Buffer[] }
}

function failed(errorCode: ErrorCode) {
  return { errorCode, responses: [] }
}
