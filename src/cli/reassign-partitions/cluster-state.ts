import { describeCluster } from '../../client/cluster.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { KafkaError } from '../../client/kafka-error.js'
import { describeLogDirectories } from '../../client/log-directories.js'
import { describeTopics, type TopicDescription } from '../../client/topic-descriptions.js'
import { partitionName, type TopicPartition } from '../../client/topic-partition.js'
import { ErrorCode } from '../../protocol/errors.js'
import { executionException } from '../java-error.js'
import { suggestTopic } from '../suggest.js'
import type { ToolIo } from '../tool.js'
import type { Wanted } from './plan-file.js'

/** Where the replica of a partition lies on its broker; both null where the broker has none. */
export interface ReplicaPlace {
  readonly current: string | null
  /** Where it is being moved to. */
  readonly future: string | null
}

/** All partitions of these topics as they are. @throws JavaError when there is no such topic. */
export async function partitionsOf(
  client: ClusterClient,
  topics: readonly string[],
  io: Pick<ToolIo, 'stderr'>,
): Promise<Wanted[]> {
  const found = await describeAll(client, topics, (topic) => `Topic ${topic} not found.`, io)
  return topics.flatMap((topic) =>
    found.get(topic)!.partitions.map(({ index, replicas }) => ({ topic, partition: index, replicas })),
  )
}

/** These partitions as they are. @throws JavaError when there is no such partition. */
export async function currentPlacements(
  client: ClusterClient,
  partitions: readonly TopicPartition[],
  io: Pick<ToolIo, 'stderr'>,
): Promise<Wanted[]> {
  const topics = [...new Set(partitions.map(({ topic }) => topic))]
  const found = await describeAll(client, topics, (topic) => `Topic ${topic} not found.`, io)
  const placements = partitions.map((wanted) => {
    const description = found.get(wanted.topic)!.partitions.find(({ index }) => index === wanted.partition)
    return { wanted, replicas: description?.replicas ?? null }
  })
  const missing = placements.filter(({ replicas }) => replicas === null).map(({ wanted }) => partitionName(wanted))
  if (missing.length > 0) throw unknown(`Unable to find partition: ${missing.join(', ')}`)
  return placements.map(({ wanted, replicas }) => ({ ...wanted, replicas: replicas! }))
}

async function describeAll(
  client: ClusterClient,
  topics: readonly string[],
  complaint: (topic: string) => string,
  io: Pick<ToolIo, 'stderr'>,
): Promise<Map<string, TopicDescription>> {
  const described = await describeTopics(client, topics)
  const missing = topics.find((topic) => isUnknown(described.get(topic)))
  if (missing !== undefined) await suggestTopic(client, missing, io)
  return new Map(
    topics.map((topic) => {
      const found = described.get(topic)
      if (found === undefined || isUnknown(found)) throw unknown(complaint(topic))
      if (found instanceof KafkaError) throw executionException(found)
      return [topic, found]
    }),
  )
}

function isUnknown(found: TopicDescription | KafkaError | undefined): boolean {
  return found instanceof KafkaError && found.code === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
}

function unknown(message: string): Error {
  return executionException(new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, message))
}

/** Where replicas lie, by `topic-partition-broker`. Of brokers that are not there nothing is known. */
export async function replicaPlaces(
  client: ClusterClient,
  brokers: readonly number[],
): Promise<Map<string, ReplicaPlace>> {
  const places = new Map<string, ReplicaPlace>()
  if (brokers.length === 0) return places
  const live = new Set((await describeCluster(client)).brokers.map(({ id }) => id))
  const asked = [...new Set(brokers)].filter((broker) => live.has(broker))
  const answers = await Promise.all(asked.map((broker) => describeLogDirectories(client, broker)))
  for (const [i, directories] of answers.entries()) {
    for (const { path, replicas } of directories) {
      for (const replica of replicas) {
        const name = replicaName(replica, asked[i]!)
        const known = places.get(name) ?? { current: null, future: null }
        places.set(name, replica.isFuture ? { ...known, future: path } : { ...known, current: path })
      }
    }
  }
  return places
}

/** How Kafka writes a replica. */
export function replicaName(partition: TopicPartition, broker: number): string {
  return `${partitionName(partition)}-${broker}`
}
