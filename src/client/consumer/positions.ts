import { type Uuid, ZERO_UUID } from '../../bytes/uuid.js'
import { ErrorCode } from '../../protocol/errors.js'
import { OffsetCommit } from '../../protocol/messages/offset-commit.js'
import { OffsetFetch } from '../../protocol/messages/offset-fetch.js'
import type { Attempt, ClusterClient } from '../cluster-client.js'
import { KafkaError, throwIfError } from '../kafka-error.js'
import { byTopic, partitionName, type TopicPartition } from '../topic-partition.js'

/** How far a partition has been read. */
export interface Position extends TopicPartition {
  /** Of the next record to read. */
  readonly offset: number
  /** The leader epoch of the last record read, -1 if none is known. */
  readonly leaderEpoch: number
}

/** The newest versions that name topics; from the next one on topics have ids. */
const OFFSET_FETCH_BY_NAME = 9
const OFFSET_COMMIT_BY_NAME = 9

/** What the group has committed of `partitions`, by `topic-partition`. Waits for transactions that are about to commit. */
export async function committedPositions(
  client: ClusterClient,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<Map<string, Position>> {
  if (partitions.length === 0) return new Map()
  return await client.run('fetchOffsets', { coordinator: groupId }, ({ connection, timeoutMs }) => {
    const topics = [...byTopic(partitions)].map(([name, mine]) => ({
      name,
      partitionIndexes: mine.map(({ partition }) => partition),
    }))
    return askCoordinator({ connection, timeoutMs }, groupId, topics)
  })
}

async function askCoordinator(
  { connection, timeoutMs }: Pick<Attempt, 'connection' | 'timeoutMs'>,
  groupId: string,
  topics: { name: string; partitionIndexes: number[] }[],
): Promise<Map<string, Position>> {
  const version = connection.version(OffsetFetch, OFFSET_FETCH_BY_NAME) ?? 0
  const isBatched = version >= 8
  const requireStable = version >= 7
  const request = isBatched ? { groups: [{ groupId, topics }], requireStable } : { groupId, topics, requireStable }
  const response = await connection.call(OffsetFetch, request, { timeoutMs, newest: OFFSET_FETCH_BY_NAME })
  const answer = isBatched ? response.groups.find((group) => group.groupId === groupId) : response
  if (answer === undefined) throw new KafkaError(ErrorCode.UNKNOWN_SERVER_ERROR)
  throwIfError(answer.errorCode)
  const found = new Map<string, Position>()
  for (const { name, partitions } of answer.topics) {
    for (const { partitionIndex, committedOffset, committedLeaderEpoch, errorCode } of partitions) {
      throwIfError(errorCode)
      const position = {
        topic: name,
        partition: partitionIndex,
        offset: committedOffset,
        leaderEpoch: committedLeaderEpoch,
      }
      if (committedOffset >= 0) found.set(partitionName(position), position)
    }
  }
  return found
}

export interface Committer {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
  readonly groupInstanceId: string | null
}

/**
 * Commits as a member of the group. Topics are named by id where all ids are known, so that the commit cannot hit a topic that was
 * created again under the same name.
 * @throws KafkaError the first refusal.
 */
export async function commitPositions(
  client: ClusterClient,
  committer: Committer,
  positions: readonly Position[],
  topicId: (topic: string) => Uuid,
  timeoutMs: number,
): Promise<void> {
  if (positions.length === 0) return
  const topics = [...byTopic(positions)].map(([name, mine]) => ({
    name,
    topicId: topicId(name),
    partitions: mine.map(({ partition, offset, leaderEpoch }) => ({
      partitionIndex: partition,
      committedOffset: offset,
      committedLeaderEpoch: leaderEpoch,
      committedMetadata: '',
    })),
  }))
  const hasIds = topics.every((topic) => topic.topicId !== ZERO_UUID)
  const { groupId, generationId, memberId, groupInstanceId } = committer
  const request = { groupId, generationIdOrMemberEpoch: generationId, memberId, groupInstanceId, topics }
  const act = async ({ connection, timeoutMs }: Attempt): Promise<void> => {
    const options = { timeoutMs, ...(hasIds ? {} : { newest: OFFSET_COMMIT_BY_NAME }) }
    const response = await connection.call(OffsetCommit, request, options)
    const codes = response.topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode))
    const refusal = codes.find((code) => code !== ErrorCode.NONE)
    if (refusal !== undefined) throw new KafkaError(refusal)
  }
  await client.run('commitOffsets', { coordinator: groupId }, act, timeoutMs)
}
