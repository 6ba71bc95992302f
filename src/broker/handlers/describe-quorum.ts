import { ZERO_UUID } from '../../bytes/uuid.js'
import { refusal } from '../../cluster/decision.js'
import { METADATA_TOPIC } from '../../cluster/topic-names.js'
import { ErrorCode } from '../../protocol/errors.js'
import { DescribeQuorum } from '../../protocol/messages/describe-quorum.js'
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
    nodes: voters(context),
  }
})

/** The members as they were configured; a quorum of one need not be. */
function voters({ broker }: RequestContext) {
  const { config } = broker
  const [name = 'CONTROLLER'] = config.list('controller.listener.names')
  const configured = config.list('controller.quorum.voters').map((voter) => {
    const [, id, host, port] = /^([^@]*)@(.*):(\d+)$/.exec(voter)!
    return { nodeId: Number(id), listeners: [{ name, host: host!, port: Number(port) }] }
  })
  return configured.length > 0 ? configured : [{ nodeId: broker.metadata.leaderId, listeners: [] }]
}

function describe({ broker }: RequestContext) {
  const { leaderId, epoch, highWatermark, nextOffset } = broker.metadata
  const now = broker.clock.now()
  const leader = {
    replicaId: leaderId,
    replicaDirectoryId: ZERO_UUID,
    logEndOffset: nextOffset,
    lastFetchTimestamp: now,
    lastCaughtUpTimestamp: now,
  }
  return {
    partitionIndex: 0,
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    leaderId,
    leaderEpoch: epoch,
    highWatermark,
    currentVoters: [leader],
    observers: [],
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
