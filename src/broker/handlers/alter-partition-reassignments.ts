import { refusal } from '../../cluster/decision.js'
import { ErrorCode } from '../../protocol/errors.js'
import { AlterPartitionReassignments } from '../../protocol/messages/alter-partition-reassignments.js'
import { handle } from '../handler.js'

/** Begins moves of replicas, or takes them back; whoever asks finds out by listing them when they are complete. */
export const alterPartitionReassignments = handle(AlterPartitionReassignments, '0-1', (request, { broker }) => {
  if (request.timeoutMs > 0) return broker.controller.alterPartitionReassignments(request)
  // Kafka's controller does not begin what is too late already.
  const late = refusal(ErrorCode.REQUEST_TIMED_OUT, null)
  const responses = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, ...late })),
  }))
  return { ...late, responses }
})
