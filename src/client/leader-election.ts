import { ErrorCode } from '../protocol/errors.js'
import { ElectLeaders } from '../protocol/messages/elect-leaders.js'
import type { ClusterClient } from './cluster-client.js'
import { errorOf, KafkaError, throwIfError } from './kafka-error.js'
import { byTopic, type TopicPartition } from './topic-partition.js'

export type ElectionType = 'PREFERRED' | 'UNCLEAN'

export interface Election extends TopicPartition {
  /** Null when there is a new leader; ELECTION_NOT_NEEDED when the old one is right. */
  readonly error: KafkaError | null
}

const CODES = { PREFERRED: 0, UNCLEAN: 1 } as const

/**
 * Elects leaders of `partitions`; null is all that need one.
 * @throws KafkaError when the controller refuses as a whole, or is too old for an unclean election.
 */
export async function electLeaders(
  client: ClusterClient,
  type: ElectionType,
  partitions: readonly TopicPartition[] | null,
  timeoutMs: number,
): Promise<Election[]> {
  const topicPartitions =
    partitions &&
    [...byTopic(partitions)].map(([topic, items]) => ({ topic, partitions: items.map(({ partition }) => partition) }))
  return await client.run(
    'electLeaders',
    'controller',
    async ({ connection, timeoutMs }) => {
      if (type === 'UNCLEAN' && (connection.version(ElectLeaders) ?? 1) < 1) {
        throw new KafkaError(ErrorCode.UNSUPPORTED_VERSION)
      }
      const request = { electionType: CODES[type], topicPartitions, timeoutMs: Math.round(timeoutMs) }
      const response = await connection.call(ElectLeaders, request, { timeoutMs })
      throwIfError(response.errorCode)
      return response.replicaElectionResults.flatMap(({ topic, partitionResult }) =>
        partitionResult.map(({ partitionId, errorCode, errorMessage }) => ({
          topic,
          partition: partitionId,
          error: errorOf(errorCode, errorMessage),
        })),
      )
    },
    timeoutMs,
  )
}
