import { ErrorCode } from '../protocol/errors.js'
import type { Broker } from './broker.js'
import type { Partition } from './partition.js'

/** The replica of a partition that is held here; otherwise what is to be answered. */
export function locateReplica(broker: Broker, topic: string, index: number): Partition | ErrorCode {
  if (broker.metadata.image.partition(topic, index) === null) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
  const replica = broker.partitions.find(topic, index)
  if (replica !== null) return replica
  return broker.partitions.hasFailed(topic, index) ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.NOT_LEADER_OR_FOLLOWER
}

/** As `locateReplica`, where only the leader can answer. */
export function locateLeader(broker: Broker, topic: string, index: number): Partition | ErrorCode {
  const replica = locateReplica(broker, topic, index)
  if (typeof replica === 'number' || replica.isLeader) return replica
  return ErrorCode.NOT_LEADER_OR_FOLLOWER
}
