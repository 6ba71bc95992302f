import type { PartitionImage } from '../cluster/image.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import { ErrorCode } from '../protocol/errors.js'
import { endpointOf } from './endpoints.js'
import type { Connection } from './handler.js'

/** A partition as clients are told of it; `leaderId` is -1 where they cannot reach a leader, and the error says why. */
export interface PartitionDescription {
  readonly errorCode: ErrorCode
  readonly partitionIndex: number
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly replicaNodes: number[]
  readonly isrNodes: number[]
  readonly offlineReplicas: number[]
}

export function describePartition(
  image: MetadataImage,
  connection: Connection,
  partition: PartitionImage,
  partitionIndex: number,
): PartitionDescription {
  const errorCode = leaderProblem(image, connection, partition.leader)
  return {
    errorCode,
    partitionIndex,
    leaderId: errorCode === ErrorCode.NONE ? partition.leader : -1,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: [...partition.replicas],
    isrNodes: [...partition.isr],
    offlineReplicas: partition.replicas.filter((id) => image.brokers.get(id)?.fenced ?? true),
  }
}

function leaderProblem(image: MetadataImage, connection: Connection, leader: number): ErrorCode {
  const broker = image.brokers.get(leader)
  if (broker === undefined || broker.fenced) return ErrorCode.LEADER_NOT_AVAILABLE
  return endpointOf(broker, connection) === null ? ErrorCode.LISTENER_NOT_FOUND : ErrorCode.NONE
}
