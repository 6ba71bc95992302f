import { AlterPartitionReassignments } from '../../protocol/messages/alter-partition-reassignments.js'
import { handle } from '../handler.js'

/** Begins moves of replicas, or takes them back; whoever asks finds out by listing them when they are complete. */
export const alterPartitionReassignments = handle(AlterPartitionReassignments, '0-1', (request, { broker }) =>
  broker.controller.alterPartitionReassignments(request),
)
