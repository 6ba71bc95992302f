import { ErrorCode } from '../../protocol/errors.js'
import { AssignReplicasToDirs } from '../../protocol/messages/assign-replicas-to-dirs.js'
import { handle } from '../handler.js'

/** A broker tells in which of its directories replicas lie (KIP-858). */
export const assignReplicasToDirs = handle(AssignReplicasToDirs, '0', async (request, { broker }) => {
  const { brokerId, brokerEpoch } = request
  const refused = (errorCode: ErrorCode) => ({ errorCode, directories: [] })
  if (!broker.metadata.isActive) return refused(ErrorCode.NOT_CONTROLLER)
  const known = broker.metadata.image.brokers.get(brokerId)
  if (known === undefined) return refused(ErrorCode.BROKER_ID_NOT_REGISTERED)
  if (known.epoch !== brokerEpoch) return refused(ErrorCode.STALE_BROKER_EPOCH)
  const placements = request.directories.flatMap(({ id, topics }) =>
    topics.flatMap(({ topicId, partitions }) =>
      partitions.map(({ partitionIndex }) => ({ topicId, partition: partitionIndex, directoryId: id })),
    ),
  )
  await broker.controller.assignDirectories(brokerId, placements)
  const { image } = broker.metadata
  const outcomeOf = (topicId: string, index: number): ErrorCode => {
    const topic = image.topicById(topicId)
    if (topic === null) return ErrorCode.UNKNOWN_TOPIC_ID
    const partition = topic.partitions[index]
    if (partition === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    return partition.replicas.includes(brokerId) ? ErrorCode.NONE : ErrorCode.NOT_LEADER_OR_FOLLOWER
  }
  const directories = request.directories.map(({ id, topics }) => ({
    id,
    topics: topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: outcomeOf(topicId, partitionIndex),
      })),
    })),
  }))
  return { errorCode: ErrorCode.NONE, directories }
})
