import { METADATA_TOPIC } from '../cluster/topic-names.js'
import { ErrorCode } from '../protocol/errors.js'
import type { Broker } from './broker.js'

/** What requests between voters have in common. */
interface QuorumRequest {
  readonly clusterId: string | null
  /** Whom it is meant for; -1 where that is not said. */
  readonly voterId?: number
  readonly topics: readonly { readonly topicName: string; readonly partitions: readonly { partitionIndex: number }[] }[]
}

/** What is wrong with it before anything of it is looked at: another cluster, another node, another partition. */
export function quorumError(broker: Broker, { clusterId, voterId = -1, topics }: QuorumRequest): ErrorCode {
  if (clusterId !== null && clusterId !== broker.clusterId) return ErrorCode.INCONSISTENT_CLUSTER_ID
  const [topic, ...others] = topics
  const isMetadata = topic?.topicName === METADATA_TOPIC && others.length === 0
  if (!isMetadata || topic.partitions.length !== 1 || topic.partitions[0]!.partitionIndex !== 0)
    return ErrorCode.INVALID_REQUEST
  return voterId >= 0 && voterId !== broker.nodeId ? ErrorCode.INVALID_VOTER_KEY : ErrorCode.NONE
}
