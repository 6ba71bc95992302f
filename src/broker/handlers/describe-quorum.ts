import { type Uuid, ZERO_UUID } from '../../bytes/uuid.js'
import { refusal } from '../../cluster/decision.js'
import { METADATA_TOPIC } from '../../cluster/topic-names.js'
import { ErrorCode } from '../../protocol/errors.js'
import { DescribeQuorum } from '../../protocol/messages/describe-quorum.js'
import type { ReplicaProgress } from '../../quorum/leader.js'
import { handle, type RequestContext } from '../handler.js'
import { quorumVoters } from '../quorum-voters.js'

/** Who keeps the metadata, and how far each of them has come (KIP-595). */
export const describeQuorum = handle(DescribeQuorum, '0-2', (request, context) => {
  const [topic, ...others] = request.topics
  const isMetadata = others.length === 0 && topic?.topicName === METADATA_TOPIC
  const isOnlyPartition = topic?.partitions.length === 1 && topic.partitions[0]!.partitionIndex === 0
  if (!isMetadata || !isOnlyPartition) {
    const topics = request.topics.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.map(({ partitionIndex }) => unknown(partitionIndex)),
    }))
    return { errorCode: ErrorCode.NONE, errorMessage: '', topics, nodes: [] }
  }
  return {
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    topics: [{ topicName: METADATA_TOPIC, partitions: [describe(context)] }],
    nodes: nodes(context),
  }
})

/** The voters as they were configured; a quorum of one need not be. */
function nodes({ broker }: RequestContext) {
  const [name = 'CONTROLLER'] = broker.config.list('controller.listener.names')
  return [...quorumVoters(broker.config, broker.nodeId)].map(([nodeId, address]) => ({
    nodeId,
    listeners: address === null ? [] : [{ name, ...address }],
  }))
}

function describe({ broker }: RequestContext) {
  const { quorum } = broker.metadata
  const { replicas } = quorum
  if (replicas === null) {
    const { partitionIndex, ...rest } = unknown(0)
    return {
      partitionIndex,
      ...rest,
      ...refusal(ErrorCode.NOT_LEADER_OR_FOLLOWER),
      leaderId: quorum.leaderId ?? -1,
      leaderEpoch: quorum.epoch,
    }
  }
  // Voters that are configured have no directory ids, as in Kafka; one that is alone tells its own all the same.
  const directoryId = replicas.voters.size === 1 ? broker.metadata.directoryId : ZERO_UUID
  const own = { directoryId, now: broker.clock.now() }
  const voters = [...replicas.voters].map(([id, progress]) => [id, { ...progress, directoryId: ZERO_UUID }] as const)
  return {
    partitionIndex: 0,
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    leaderId: broker.nodeId,
    leaderEpoch: quorum.epoch,
    highWatermark: broker.metadata.highWatermark,
    currentVoters: voters.map(([id, progress]) => replica(id, progress, id === broker.nodeId ? own : null)),
    observers: [...replicas.observers].map(([id, progress]) => replica(id, progress, null)),
  }
}

/** The leader's own is always where it is, now. */
function replica(replicaId: number, progress: ReplicaProgress, own: { directoryId: Uuid; now: number } | null) {
  const { directoryId, endOffset, lastFetchMs, lastCaughtUpMs } = progress
  return {
    replicaId,
    replicaDirectoryId: own?.directoryId ?? directoryId,
    logEndOffset: endOffset,
    lastFetchTimestamp: own?.now ?? lastFetchMs,
    lastCaughtUpTimestamp: own?.now ?? lastCaughtUpMs,
  }
}

function unknown(partitionIndex: number) {
  return {
    partitionIndex,
    ...refusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
    leaderId: 0,
    leaderEpoch: 0,
    highWatermark: 0,
    currentVoters: [],
    observers: [],
  }
}
