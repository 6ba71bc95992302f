import { ErrorCode, isRetriable } from '../protocol/errors.js'
import { ListOffsets } from '../protocol/messages/list-offsets.js'
import { Metadata } from '../protocol/messages/metadata.js'
import type { Attempt, ClusterClient } from './cluster-client.js'
import { CallTimeout, KafkaError } from './kafka-error.js'
import { byTopic, partitionName, type TopicPartition } from './topic-partition.js'

export const LATEST = -1
export const EARLIEST = -2

export interface OffsetQuestion extends TopicPartition {
  /** Milliseconds since 1970: the first record at or after it; or LATEST, EARLIEST. */
  readonly timestamp: number
}

export interface LogOffset extends TopicPartition {
  /** Null when no record is that young. */
  readonly offset: number | null
  /** Of the record, or of the end; -1 where the broker does not say. */
  readonly leaderEpoch: number
}

const PAUSE_MS = 100

/**
 * Asks the leader of every partition; answers by `topic-partition`. LATEST is the end of what may be read, which for
 * `isReadCommitted` lies before the first transaction that has not ended.
 * @throws KafkaError when a topic does not exist, or a partition has no leader until time is up.
 */
export async function listOffsets(
  client: ClusterClient,
  questions: readonly OffsetQuestion[],
  timeoutMs: number = client.config.apiTimeoutMs,
  isReadCommitted = false,
): Promise<Map<string, LogOffset>> {
  const endsAt = client.clock.monotonicMs() + timeoutMs
  const leftMs = (): number => endsAt - client.clock.monotonicMs()
  const found = new Map<string, LogOffset>()
  let open = [...questions]
  for (let tries = 1; open.length > 0; tries++) {
    const leaders = await findLeaders(client, open, leftMs())
    const byLeader = groupByLeader(open, leaders)
    const answers = await Promise.all(
      [...byLeader].map(([leader, mine]) => {
        const act = (attempt: Attempt) => askLeader(attempt, mine, isReadCommitted)
        return client.run('listOffsets(api=LIST_OFFSETS)', { broker: leader }, act, leftMs())
      }),
    )
    for (const answer of answers.flat()) found.set(partitionName(answer), answer)
    open = open.filter((question) => !found.has(partitionName(question)))
    if (open.length === 0) break
    if (leftMs() <= 0) throw new CallTimeout(`listOffsets timed out after ${tries} attempt(s)`)
    await new Promise<void>((resolve) => client.clock.after(PAUSE_MS, resolve))
  }
  return found
}

/** Leaders by `topic-partition`; a partition without one is left out. */
async function findLeaders(
  client: ClusterClient,
  partitions: readonly TopicPartition[],
  timeoutMs: number,
): Promise<Map<string, number>> {
  const act = async ({ connection, timeoutMs }: Attempt) => {
    const topics = [...byTopic(partitions).keys()].map((name) => ({ name }))
    const response = await connection.call(Metadata, { topics, allowAutoTopicCreation: false }, { timeoutMs })
    client.noteMetadata(response)
    const leaders = new Map<string, number>()
    for (const topic of response.topics) {
      const name = topic.name ?? ''
      if (topic.errorCode !== ErrorCode.NONE) {
        const asked = partitions.find((partition) => partition.topic === name)
        throw metadataError(topic.errorCode, name, asked?.partition ?? 0)
      }
      for (const { partitionIndex, leaderId } of topic.partitions) {
        if (leaderId >= 0) leaders.set(partitionName({ topic: name, partition: partitionIndex }), leaderId)
      }
    }
    return leaders
  }
  return await client.run('listOffsets(api=METADATA)', 'any', act, timeoutMs)
}

function metadataError(code: ErrorCode, topic: string, partition: number): KafkaError {
  const failure = `Failed to fetch metadata for partition ${topic}-${partition}`
  if (code === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
    return new KafkaError(code, `${failure} because metadata for topic \`${topic}\` could not be found`)
  }
  if (code === ErrorCode.INVALID_TOPIC_EXCEPTION) {
    return new KafkaError(code, `${failure} due to invalid topic \`${topic}\``)
  }
  return new KafkaError(code)
}

function groupByLeader(
  questions: readonly OffsetQuestion[],
  leaders: ReadonlyMap<string, number>,
): Map<number, OffsetQuestion[]> {
  const groups = new Map<number, OffsetQuestion[]>()
  for (const question of questions) {
    const leader = leaders.get(partitionName(question))
    if (leader === undefined) continue
    groups.set(leader, [...(groups.get(leader) ?? []), question])
  }
  return groups
}

/** Partitions whose leader has just changed are missing in the result: the caller asks again. */
async function askLeader(
  { connection, timeoutMs }: Attempt,
  questions: readonly OffsetQuestion[],
  isReadCommitted: boolean,
): Promise<LogOffset[]> {
  const topics = [...byTopic(questions)].map(([name, items]) => ({
    name,
    partitions: items.map(({ partition, timestamp }) => ({ partitionIndex: partition, timestamp })),
  }))
  const request = { replicaId: -1, isolationLevel: isReadCommitted ? 1 : 0, topics, timeoutMs: Math.round(timeoutMs) }
  const response = await connection.call(ListOffsets, request, { timeoutMs })
  return response.topics.flatMap(({ name, partitions }) =>
    partitions.flatMap(({ partitionIndex, errorCode, offset, leaderEpoch }) => {
      if (errorCode !== ErrorCode.NONE) {
        if (isRetriable(errorCode)) return []
        throw new KafkaError(errorCode)
      }
      return [{ topic: name, partition: partitionIndex, offset: offset < 0 ? null : offset, leaderEpoch }]
    }),
  )
}
