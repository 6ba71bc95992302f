import type { PartitionImage } from '../../cluster/image.js'
import { ErrorCode } from '../../protocol/errors.js'
import { ListPartitionReassignments } from '../../protocol/messages/list-partition-reassignments.js'
import { handle } from '../handler.js'

/** The moves of replicas that are under way (KIP-455). */
export const listPartitionReassignments = handle(ListPartitionReassignments, '0', (request, { broker }) => {
  const { image } = broker.metadata
  const asked =
    request.topics ??
    [...image.topics()].map(({ name, partitions }) => ({ name, partitionIndexes: partitions.map((_, index) => index) }))
  const topics = asked.map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.flatMap((partitionIndex) => {
      const partition = image.partition(name, partitionIndex)
      return partition === null || !isMoving(partition) ? [] : [{ partitionIndex, ...replicasOf(partition) }]
    }),
  }))
  const moving = topics.filter(({ partitions }) => partitions.length > 0)
  return { errorCode: ErrorCode.NONE, errorMessage: null, topics: moving }
})

function isMoving({ addingReplicas, removingReplicas }: PartitionImage): boolean {
  return addingReplicas.length > 0 || removingReplicas.length > 0
}

function replicasOf({ replicas, addingReplicas, removingReplicas }: PartitionImage) {
  return {
    replicas: [...replicas],
    addingReplicas: [...addingReplicas],
    removingReplicas: [...removingReplicas],
  }
}
