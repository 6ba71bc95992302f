import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'
import type { Groups } from './groups.js'

export interface OffsetQuery {
  readonly groupId: string
  /** Null for every partition that the group has an offset for. */
  readonly topics:
    | readonly { readonly name: string; readonly topicId: Uuid; readonly partitions: readonly number[] }[]
    | null
  /** An offset that an open transaction may change is not told. */
  readonly requireStable: boolean
}

export interface FetchedTopic {
  readonly name: string
  readonly partitions: readonly FetchedOffset[]
}

export interface FetchedOffset {
  readonly partitionIndex: number
  /** -1 if there is none, which is no error: not even that the group does not exist. */
  readonly committedOffset: number
  readonly committedLeaderEpoch: number
  readonly metadata: string
  readonly errorCode: ErrorCode
}

export function fetchOffsets(groups: Groups, query: OffsetQuery): FetchedTopic[] {
  const { groupId } = query
  const group = groups.find(groupId)
  const exists = group !== null && group.state !== 'Dead'
  const topics =
    query.topics ??
    [...(exists ? groups.offsets.ofGroup(groupId) : [])].map(([name, partitions]) => ({
      name,
      topicId: ZERO_UUID,
      partitions: [...partitions.keys()],
    }))
  return topics.map(({ name, topicId, partitions }) => ({
    name,
    partitions: partitions.map((partition) => {
      if (!exists) return none(partition)
      if (query.requireStable && groups.offsets.isPending(groupId, name, partition)) {
        return none(partition, ErrorCode.UNSTABLE_OFFSET_COMMIT)
      }
      const committed = groups.offsets.get(groupId, name, partition)
      if (committed === null || isOfAnother(committed.topicId, topicId)) return none(partition)
      return {
        partitionIndex: partition,
        committedOffset: committed.offset,
        committedLeaderEpoch: committed.leaderEpoch,
        metadata: committed.metadata,
        errorCode: ErrorCode.NONE,
      }
    }),
  }))
}

export function none(partitionIndex: number, errorCode: ErrorCode = ErrorCode.NONE): FetchedOffset {
  return { partitionIndex, committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode }
}

/** A topic that was deleted and made again has a new id, and its offsets mean nothing to the old one's readers. */
function isOfAnother(committed: Uuid, asked: Uuid): boolean {
  return committed !== ZERO_UUID && asked !== ZERO_UUID && committed !== asked
}
