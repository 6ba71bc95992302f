import type { Uuid } from '../../bytes/uuid.js'
import { refusal } from '../../cluster/decision.js'
import { METADATA_TOPIC } from '../../cluster/topic-names.js'
import { ErrorCode } from '../../protocol/errors.js'
import { DescribeQuorum } from '../../protocol/messages/describe-quorum.js'
import type { ReplicaProgress } from '../../quorum/leader.js'
import { handle, type RequestContext } from '../handler.js'

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

/** The voters, and where they listen, as the log or the settings say. */
function nodes({ broker }: RequestContext) {
  return broker.metadata.quorum.voters.all.map(({ id, endpoints }) => ({ nodeId: id, listeners: endpoints }))
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
  const { nodeId } = broker
  const now = broker.clock.now()
  const shown = (directoryId: Uuid, progress: ReplicaProgress) =>
    replica(directoryId, progress, progress.id === nodeId ? now : null)
  // Voters that are configured have no directory ids, as in Kafka.
  const voters = quorum.voters.all.map(({ id, directoryId }) => shown(directoryId, replicas.voters.get(id)!))
  return {
    partitionIndex: 0,
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    leaderId: broker.nodeId,
    leaderEpoch: quorum.epoch,
    highWatermark: broker.metadata.highWatermark,
    currentVoters: voters,
    observers: [...replicas.observers.values()].map((progress) => shown(progress.directoryId, progress)),
  }
}

/** @param ofLeader the time where it is the leader's own, which is always where it is, now. */
function replica(replicaDirectoryId: Uuid, progress: ReplicaProgress, ofLeader: number | null) {
  const { id, endOffset, lastFetchMs, lastCaughtUpMs } = progress
  return {
    replicaId: id,
    replicaDirectoryId,
    logEndOffset: endOffset,
    lastFetchTimestamp: ofLeader ?? lastFetchMs,
    lastCaughtUpTimestamp: ofLeader ?? lastCaughtUpMs,
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
