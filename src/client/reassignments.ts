import { ErrorCode } from '../protocol/errors.js'
import { AlterPartitionReassignments } from '../protocol/messages/alter-partition-reassignments.js'
import { AlterReplicaLogDirs } from '../protocol/messages/alter-replica-log-dirs.js'
import { ListPartitionReassignments } from '../protocol/messages/list-partition-reassignments.js'
import type { Reassignment } from './cluster.js'
import type { ClusterClient } from './cluster-client.js'
import { errorOf, KafkaError, throwIfError } from './kafka-error.js'
import { byTopic, partitionName, type TopicPartition } from './topic-partition.js'

export interface MovingPartition extends TopicPartition, Reassignment {}

export interface Placement extends TopicPartition {
  /** The replicas to have, the preferred leader first; null takes a move back. */
  readonly replicas: readonly number[] | null
}

export interface DirectoryMove extends TopicPartition {
  readonly directory: string
}

/** All partitions that are moving. @throws KafkaError when the cluster cannot say, or may not. */
export async function listMovingPartitions(client: ClusterClient): Promise<MovingPartition[]> {
  return await client.run('listPartitionReassignments', 'controller', async ({ connection, timeoutMs }) => {
    const request = { timeoutMs: Math.round(timeoutMs), topics: null }
    const response = await connection.call(ListPartitionReassignments, request, { timeoutMs })
    throwIfError(response.errorCode, response.errorMessage)
    return response.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, replicas, addingReplicas, removingReplicas }) => ({
        topic: name,
        partition: partitionIndex,
        replicas,
        adding: addingReplicas,
        removing: removingReplicas,
      })),
    )
  })
}

/** By `topic-partition` what kept a move from starting, or from being taken back. @throws KafkaError */
export async function alterReassignments(
  client: ClusterClient,
  placements: readonly Placement[],
  allowReplicationFactorChange: boolean,
): Promise<Map<string, KafkaError>> {
  return await client.run('alterPartitionReassignments', 'controller', async ({ connection, timeoutMs }) => {
    if (!allowReplicationFactorChange && (connection.version(AlterPartitionReassignments) ?? 0) < 1) {
      throw new KafkaError(ErrorCode.UNSUPPORTED_VERSION)
    }
    const topics = [...byTopic(placements)].map(([name, mine]) => ({
      name,
      partitions: mine.map(({ partition, replicas }) => ({
        partitionIndex: partition,
        replicas: replicas === null ? null : [...replicas],
      })),
    }))
    const request = { timeoutMs: Math.round(timeoutMs), allowReplicationFactorChange, topics }
    const response = await connection.call(AlterPartitionReassignments, request, { timeoutMs })
    throwIfError(response.errorCode, response.errorMessage)
    const failures = response.responses.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, errorCode, errorMessage }) => ({
        name: partitionName({ topic: name, partition: partitionIndex }),
        error: errorOf(errorCode, errorMessage),
      })),
    )
    return new Map(failures.flatMap(({ name, error }) => (error === null ? [] : [[name, error] as const])))
  })
}

/** By `topic-partition` null for a replica that a broker has begun to move to another directory, or why it has not. */
export async function moveReplicas(
  client: ClusterClient,
  broker: number,
  moves: readonly DirectoryMove[],
): Promise<Map<string, KafkaError | null>> {
  const byDirectory = new Map<string, DirectoryMove[]>()
  for (const move of moves) byDirectory.set(move.directory, [...(byDirectory.get(move.directory) ?? []), move])
  const dirs = [...byDirectory].map(([path, mine]) => ({
    path,
    topics: [...byTopic(mine)].map(([name, items]) => ({ name, partitions: items.map(({ partition }) => partition) })),
  }))
  return await client.run('alterReplicaLogDirs', { broker }, async ({ connection, timeoutMs }) => {
    const response = await connection.call(AlterReplicaLogDirs, { dirs }, { timeoutMs })
    return new Map(
      response.results.flatMap(({ topicName, partitions }) =>
        partitions.map(({ partitionIndex, errorCode }) => [
          partitionName({ topic: topicName, partition: partitionIndex }),
          errorOf(errorCode),
        ]),
      ),
    )
  })
}
