import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import { METADATA_TOPIC } from '../cluster/topic-names.js'
import { ErrorCode } from '../protocol/errors.js'
import type { QuorumAnswer } from '../quorum/vote.js'
import type { ReplicaKey } from '../quorum/voter-set.js'
import type { Broker } from './broker.js'
import type { RequestContext } from './handler.js'
import { leaderEndpoints } from './leader-endpoints.js'

/** What requests between voters have in common. */
interface QuorumRequest {
  readonly clusterId: string | null
  readonly topics: readonly { readonly topicName: string; readonly partitions: readonly { partitionIndex: number }[] }[]
}

/** What is wrong with it before anything of it is looked at: another cluster, another partition. */
export function quorumError(broker: Broker, { clusterId, topics }: QuorumRequest): ErrorCode {
  if (isOtherCluster(broker, clusterId)) return ErrorCode.INCONSISTENT_CLUSTER_ID
  const [topic, ...others] = topics
  const isMetadata = topic?.topicName === METADATA_TOPIC && others.length === 0
  if (!isMetadata || topic.partitions.length !== 1 || topic.partitions[0]!.partitionIndex !== 0)
    return ErrorCode.INVALID_REQUEST
  return ErrorCode.NONE
}

/** Who does not name its cluster is taken for one of this. */
export function isOtherCluster(broker: Broker, clusterId: string | null): boolean {
  return clusterId !== null && clusterId !== broker.clusterId
}

/** Kafka's words for it. */
export function otherClusterText(broker: Broker, clusterId: string | null): string {
  return `The given id "${clusterId}" doesn't match the cluster id "${broker.clusterId}"`
}

/** Whom a request is meant for; null where that is not said. */
export function addressee(voterId: number, directoryId: Uuid = ZERO_UUID): ReplicaKey | null {
  return voterId < 0 ? null : { id: voterId, directoryId }
}

/** An answer about the one partition that there is, with where its leader listens. */
export function quorumAnswer<More extends object>(answer: QuorumAnswer, context: RequestContext, more: More) {
  const { errorCode, leaderId, epoch } = answer
  const partition = { partitionIndex: 0, errorCode, leaderId, leaderEpoch: epoch, ...more }
  return {
    errorCode: ErrorCode.NONE,
    topics: [{ topicName: METADATA_TOPIC, partitions: [partition] }],
    nodeEndpoints: leaderEndpoints(context),
  }
}
