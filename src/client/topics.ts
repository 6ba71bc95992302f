import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'
import { CreatePartitions } from '../protocol/messages/create-partitions.js'
import { CreateTopics } from '../protocol/messages/create-topics.js'
import { DeleteTopics } from '../protocol/messages/delete-topics.js'
import { Metadata } from '../protocol/messages/metadata.js'
import type { ClusterClient } from './cluster-client.js'
import { KafkaError, throwIfError } from './kafka-error.js'

export interface TopicListing {
  readonly name: string
  readonly isInternal: boolean
  /** The zero id where the broker is too old to say. */
  readonly id: Uuid
  /** Their numbers. */
  readonly partitions: readonly number[]
}

/** Every topic of the cluster, in the order of the broker's answer. */
export async function listTopics(client: ClusterClient): Promise<TopicListing[]> {
  return await client.run('listTopics', 'any', async ({ connection, timeoutMs }) => {
    const response = await connection.call(Metadata, { topics: null }, { timeoutMs })
    client.noteMetadata(response)
    return response.topics.flatMap(({ name, isInternal, topicId, partitions }) =>
      name === null
        ? []
        : [{ name, isInternal, id: topicId, partitions: partitions.map(({ partitionIndex }) => partitionIndex) }],
    )
  })
}

export interface NewTopic {
  readonly name: string
  /** -1: as the cluster is set. */
  readonly partitionCount: number
  /** -1: as the cluster is set. */
  readonly replicationFactor: number
  /** Broker ids by partition; then count and factor are -1. */
  readonly assignments: readonly (readonly number[])[]
  readonly configs: ReadonlyMap<string, string>
}

/** @throws KafkaError with the broker's own words when the topic cannot be made. */
export async function createTopic(client: ClusterClient, topic: NewTopic): Promise<void> {
  if (topic.name === '') throw unsendableName(topic.name)
  await client.run('createTopics', 'controller', async ({ connection, timeoutMs }) => {
    const response = await connection.call(
      CreateTopics,
      {
        topics: [
          {
            name: topic.name,
            numPartitions: topic.partitionCount,
            replicationFactor: topic.replicationFactor,
            assignments: topic.assignments.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
            configs: [...topic.configs].map(([name, value]) => ({ name, value })),
          },
        ],
        timeoutMs: Math.round(timeoutMs),
        validateOnly: false,
      },
      { timeoutMs },
    )
    throwFirst(response.topics)
  })
}

/** Deletes all of them. @throws KafkaError for the first that cannot be deleted. */
export async function deleteTopics(client: ClusterClient, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await client.run('deleteTopics', 'controller', async ({ connection, timeoutMs }) => {
    const isById = (connection.version(DeleteTopics) ?? 0) >= 6
    const named = isById
      ? { topics: names.map((name) => ({ name, topicId: ZERO_UUID })) }
      : { topicNames: names.map((name) => name) }
    const response = await connection.call(DeleteTopics, { ...named, timeoutMs: Math.round(timeoutMs) }, { timeoutMs })
    throwFirst(response.responses)
  })
}

export interface MorePartitions {
  readonly name: string
  /** How many there shall be then. */
  readonly totalCount: number
  /** Broker ids of each new partition; null lets the controller choose. */
  readonly assignments: readonly (readonly number[])[] | null
}

export async function createPartitions(client: ClusterClient, topics: readonly MorePartitions[]): Promise<void> {
  await client.run('createPartitions', 'controller', async ({ connection, timeoutMs }) => {
    const response = await connection.call(
      CreatePartitions,
      {
        topics: topics.map(({ name, totalCount, assignments }) => ({
          name,
          count: totalCount,
          assignments: assignments?.map((brokerIds) => ({ brokerIds })) ?? null,
        })),
        timeoutMs: Math.round(timeoutMs),
        validateOnly: false,
      },
      { timeoutMs },
    )
    throwFirst(response.results)
  })
}

/** Kafka's client does not even send the empty name. */
export function unsendableName(name: string): KafkaError {
  return new KafkaError(
    ErrorCode.INVALID_TOPIC_EXCEPTION,
    `The given topic name '${name}' cannot be represented in a request.`,
  )
}

function throwFirst(results: readonly { readonly errorCode: ErrorCode; readonly errorMessage: string | null }[]): void {
  for (const { errorCode, errorMessage } of results) throwIfError(errorCode, errorMessage)
}
