import { ErrorCode } from '../protocol/errors.js'
import { DescribeLogDirs } from '../protocol/messages/describe-log-dirs.js'
import type { ClusterClient } from './cluster-client.js'
import { errorOf, KafkaError } from './kafka-error.js'
import type { TopicPartition } from './topic-partition.js'

export interface ReplicaSize extends TopicPartition {
  readonly sizeBytes: number
  /** How far it is behind the high watermark, or, for a future replica, behind the one that it will replace. */
  readonly offsetLag: number
  /** It is being moved into this directory. */
  readonly isFuture: boolean
}

export interface LogDirectoryDescription {
  readonly path: string
  /** Why the directory cannot be used, null if it can. */
  readonly error: KafkaError | null
  readonly replicas: readonly ReplicaSize[]
}

/** What lies in the log directories of a broker. */
export async function describeLogDirectories(
  client: ClusterClient,
  broker: number,
): Promise<LogDirectoryDescription[]> {
  return await client.run('describeLogDirs', { broker }, async ({ connection, timeoutMs }) => {
    const response = await connection.call(DescribeLogDirs, { topics: null }, { timeoutMs })
    // Before version 3 an empty answer was how a broker refused.
    if (response.results.length === 0) {
      throw new KafkaError(response.errorCode || ErrorCode.CLUSTER_AUTHORIZATION_FAILED)
    }
    return response.results.map(({ errorCode, logDir, topics }) => ({
      path: logDir,
      error: errorOf(errorCode),
      replicas: topics.flatMap(({ name, partitions }) =>
        partitions.map(({ partitionIndex, partitionSize, offsetLag, isFutureKey }) => ({
          topic: name,
          partition: partitionIndex,
          sizeBytes: partitionSize,
          offsetLag,
          isFuture: isFutureKey,
        })),
      ),
    }))
  })
}
