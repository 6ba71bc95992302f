import { ErrorCode } from '../protocol/errors.js'
import { DeleteRecords } from '../protocol/messages/delete-records.js'
import type { ClusterClient } from './cluster-client.js'
import { KafkaError } from './kafka-error.js'
import { callLeaders } from './leader-calls.js'
import { byTopic, partitionName, type TopicPartition } from './topic-partition.js'

export interface RecordDeletion extends TopicPartition {
  /** The first offset to keep; -1 deletes all that may be read. */
  readonly offset: number
}

/** By `topic-partition` the first offset that is left, or why nothing was deleted. */
export async function deleteRecords(
  client: ClusterClient,
  deletions: readonly RecordDeletion[],
): Promise<Map<string, number | KafkaError>> {
  return await callLeaders(client, deletions, {
    name: 'deleteRecords',
    api: 'DELETE_RECORDS',
    ask: async ({ connection, timeoutMs }, items) => {
      const topics = [...byTopic(items)].map(([name, partitions]) => ({
        name,
        partitions: partitions.map(({ partition, offset }) => ({ partitionIndex: partition, offset })),
      }))
      const request = { topics, timeoutMs: Math.round(timeoutMs) }
      const response = await connection.call(DeleteRecords, request, { timeoutMs })
      return new Map(
        response.topics.flatMap(({ name, partitions }) =>
          partitions.map(({ partitionIndex, lowWatermark, errorCode }) => [
            partitionName({ topic: name, partition: partitionIndex }),
            errorCode === ErrorCode.NONE ? lowWatermark : new KafkaError(errorCode),
          ]),
        ),
      )
    },
  })
}
