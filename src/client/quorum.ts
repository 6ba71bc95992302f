import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'
import { AddRaftVoter } from '../protocol/messages/add-raft-voter.js'
import { DescribeQuorum } from '../protocol/messages/describe-quorum.js'
import { RemoveRaftVoter } from '../protocol/messages/remove-raft-voter.js'
import type { ReadResponse } from '../protocol/schema.js'
import type { ClusterClient } from './cluster-client.js'
import { KafkaError, throwIfError } from './kafka-error.js'

export interface QuorumReplica {
  readonly id: number
  /** The zero id in a quorum whose members were configured. */
  readonly directoryId: Uuid
  readonly logEndOffset: number
  /** Milliseconds since 1970, null if not known. */
  readonly lastFetchMs: number | null
  readonly lastCaughtUpMs: number | null
}

export interface ListenerEndpoint {
  readonly listener: string
  readonly host: string
  readonly port: number
}

export interface Quorum {
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly highWatermark: number
  readonly voters: readonly QuorumReplica[]
  readonly observers: readonly QuorumReplica[]
  /** By the id of the voter. */
  readonly endpoints: ReadonlyMap<number, readonly ListenerEndpoint[]>
}

export interface RaftVoter {
  readonly id: number
  readonly directoryId: Uuid
}

const METADATA_TOPIC = '__cluster_metadata'

/** Who keeps the metadata of the cluster. @throws KafkaError */
export async function describeQuorum(client: ClusterClient): Promise<Quorum> {
  return await client.run('describeMetadataQuorum', asked(client), async ({ connection, timeoutMs }) => {
    const request = { topics: [{ topicName: METADATA_TOPIC, partitions: [{ partitionIndex: 0 }] }] }
    const response = await connection.call(DescribeQuorum, request, { timeoutMs })
    throwIfError(response.errorCode, response.errorMessage || null)
    const partition = response.topics[0]?.partitions[0]
    if (partition === undefined) throw new KafkaError(ErrorCode.UNKNOWN_SERVER_ERROR)
    throwIfError(partition.errorCode, partition.errorMessage || null)
    const { leaderId, leaderEpoch, highWatermark, currentVoters, observers } = partition
    const endpoints = response.nodes.map(
      ({ nodeId, listeners }) =>
        [nodeId, listeners.map(({ name, host, port }) => ({ listener: name, host, port }))] as const,
    )
    return {
      leaderId,
      leaderEpoch,
      highWatermark,
      voters: currentVoters.map(replicaOf),
      observers: observers.map(replicaOf),
      endpoints: new Map(endpoints),
    }
  })
}

/** Any broker hands it on; of the controllers only the active one answers. */
function asked(client: ClusterClient): 'any' | 'controller' {
  return client.areControllers ? 'controller' : 'any'
}

type ReplicaState = ReadResponse<typeof DescribeQuorum>['topics'][number]['partitions'][number]['currentVoters'][number]

function replicaOf(state: ReplicaState): QuorumReplica {
  const { replicaId, replicaDirectoryId, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp } = state
  return {
    id: replicaId,
    directoryId: replicaDirectoryId || ZERO_UUID,
    logEndOffset,
    lastFetchMs: lastFetchTimestamp < 0 ? null : lastFetchTimestamp,
    lastCaughtUpMs: lastCaughtUpTimestamp < 0 ? null : lastCaughtUpTimestamp,
  }
}

/** @throws KafkaError in the controller's own words. */
export async function addVoter(
  client: ClusterClient,
  voter: RaftVoter,
  endpoints: readonly ListenerEndpoint[],
): Promise<void> {
  await client.run('addRaftVoter', asked(client), async ({ connection, timeoutMs }) => {
    const request = {
      clusterId: null,
      timeoutMs: Math.round(timeoutMs),
      voterId: voter.id,
      voterDirectoryId: voter.directoryId,
      listeners: endpoints.map(({ listener, host, port }) => ({ name: listener, host, port })),
    }
    const response = await connection.call(AddRaftVoter, request, { timeoutMs })
    throwIfError(response.errorCode, response.errorMessage)
  })
}

/** @throws KafkaError in the controller's own words. */
export async function removeVoter(client: ClusterClient, voter: RaftVoter): Promise<void> {
  await client.run('removeRaftVoter', asked(client), async ({ connection, timeoutMs }) => {
    const request = { clusterId: null, voterId: voter.id, voterDirectoryId: voter.directoryId }
    const response = await connection.call(RemoveRaftVoter, request, { timeoutMs })
    throwIfError(response.errorCode, response.errorMessage)
  })
}
