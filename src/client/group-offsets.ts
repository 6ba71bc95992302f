import { ErrorCode } from '../protocol/errors.js'
import { OffsetCommit } from '../protocol/messages/offset-commit.js'
import { OffsetDelete } from '../protocol/messages/offset-delete.js'
import { OffsetFetch } from '../protocol/messages/offset-fetch.js'
import type { Attempt, ClusterClient } from './cluster-client.js'
import { errorOf, KafkaError, throwIfError } from './kafka-error.js'
import { byTopic, comparePartitions, partitionName, type TopicPartition } from './topic-partition.js'

export interface CommittedOffset extends TopicPartition {
  readonly offset: number
  /** Null when the commit did not name one. */
  readonly leaderEpoch: number | null
}

/** The newest versions that name topics; from the next one on topics have ids. */
const OFFSET_FETCH_BY_NAME = 9
const OFFSET_COMMIT_BY_NAME = 9

/** Everything that a group has committed, by `topic-partition`. */
export async function fetchCommittedOffsets(
  client: ClusterClient,
  group: string,
  timeoutMs?: number,
): Promise<Map<string, CommittedOffset>> {
  return await client.run(
    'listConsumerGroupOffsets',
    { coordinator: group },
    async ({ connection, timeoutMs }) => {
      const isBatched = (connection.version(OffsetFetch, OFFSET_FETCH_BY_NAME) ?? 0) >= 8
      const request = isBatched ? { groups: [{ groupId: group, topics: null }] } : { groupId: group, topics: null }
      const response = await connection.call(OffsetFetch, request, { timeoutMs, newest: OFFSET_FETCH_BY_NAME })
      const answer = isBatched ? response.groups.find(({ groupId }) => groupId === group) : response
      if (answer === undefined) throw new KafkaError(ErrorCode.UNKNOWN_SERVER_ERROR)
      throwIfError(answer.errorCode)
      const offsets = answer.topics.flatMap(({ name, partitions }) =>
        partitions
          .filter(({ errorCode, committedOffset }) => errorCode === ErrorCode.NONE && committedOffset >= 0)
          .map(({ partitionIndex, committedOffset, committedLeaderEpoch }) => ({
            topic: name,
            partition: partitionIndex,
            offset: committedOffset,
            leaderEpoch: committedLeaderEpoch < 0 ? null : committedLeaderEpoch,
          })),
      )
      return new Map(offsets.map((offset) => [partitionName(offset), offset]))
    },
    timeoutMs,
  )
}

export interface OffsetToCommit extends TopicPartition {
  readonly offset: number
}

/**
 * Commits for a group without members.
 * @throws KafkaError naming the partitions that the coordinator refused.
 */
export async function commitOffsets(
  client: ClusterClient,
  group: string,
  offsets: readonly OffsetToCommit[],
  timeoutMs?: number,
): Promise<void> {
  if (offsets.length === 0) return
  const act = (attempt: Attempt) => commitAt(attempt, group, offsets)
  await client.run('alterConsumerGroupOffsets', { coordinator: group }, act, timeoutMs)
}

async function commitAt(
  { connection, timeoutMs }: Attempt,
  group: string,
  offsets: readonly OffsetToCommit[],
): Promise<void> {
  const topics = [...byTopic(offsets)].map(([name, partitions]) => ({
    name,
    partitions: partitions.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: offset,
      committedMetadata: '',
    })),
  }))
  const request = { groupId: group, generationIdOrMemberEpoch: -1, memberId: '', topics }
  const response = await connection.call(OffsetCommit, request, { timeoutMs, newest: OFFSET_COMMIT_BY_NAME })
  const failed = response.topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ errorCode }) => errorCode !== ErrorCode.NONE)
      .map(({ partitionIndex, errorCode }) => ({ topic: name, partition: partitionIndex, errorCode })),
  )
  const [first] = failed
  if (first === undefined) return
  const moved = failed.find(({ errorCode }) => MOVED.has(errorCode))
  if (moved !== undefined) throw new KafkaError(moved.errorCode)
  const names = failed.sort(comparePartitions).map(partitionName).join(', ')
  throw new KafkaError(first.errorCode, `Failed altering group offsets for the following partitions: [${names}]`)
}

const MOVED = new Set<ErrorCode>([
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
])

/**
 * Deletes what a group has committed for `partitions`; per `topic-partition` null or what kept it.
 * @throws KafkaError when the group as a whole cannot be worked on.
 */
export async function deleteCommittedOffsets(
  client: ClusterClient,
  group: string,
  partitions: readonly TopicPartition[],
  timeoutMs?: number,
): Promise<Map<string, KafkaError | null>> {
  return await client.run(
    'deleteConsumerGroupOffsets',
    { coordinator: group },
    async ({ connection, timeoutMs }) => {
      const topics = [...byTopic(partitions)].map(([name, items]) => ({
        name,
        partitions: items.map(({ partition }) => ({ partitionIndex: partition })),
      }))
      const response = await connection.call(OffsetDelete, { groupId: group, topics }, { timeoutMs })
      throwIfError(response.errorCode)
      return new Map(
        response.topics.flatMap((topic) =>
          topic.partitions.map(({ partitionIndex, errorCode }) => [
            partitionName({ topic: topic.name, partition: partitionIndex }),
            errorOf(errorCode),
          ]),
        ),
      )
    },
    timeoutMs,
  )
}
