import { ErrorCode } from '../../protocol/errors.js'
import { ListOffsets } from '../../protocol/messages/list-offsets.js'
import type { ReadRequest } from '../../protocol/schema.js'
import { handle, type RequestContext } from '../handler.js'
import type { Knowledge } from '../knowledge.js'
import { locateReplica } from '../locate.js'
import {
  EARLIEST_LOCAL,
  EARLIEST_PENDING_UPLOAD,
  findOffset,
  LATEST_TIERED,
  MAX_TIMESTAMP,
  type OffsetAsked,
  type OffsetFound,
} from '../offset-lookup.js'
import type { Partition } from '../partition.js'
import { unreadable } from '../unreadable.js'

/** Offsets by time, or by the names -1 (latest), -2 (earliest) and so on. */
export const listOffsets = handle(ListOffsets, '1-11', async (request, context) => {
  const { replicaId, isolationLevel } = request
  if (isolationLevel !== 0 && isolationLevel !== 1) throw new Error(`There is no isolation level ${isolationLevel}`)
  const counts = countPartitions(request)
  const { turns } = context
  const topics = await turns.map(request.topics, async ({ name, partitions }) => ({
    name,
    partitions: await turns.map(firstOfEach(partitions), ({ partitionIndex, currentLeaderEpoch, timestamp }) => ({
      partitionIndex,
      ...(counts.get(`${name} ${partitionIndex}`)! > 1
        ? failed(ErrorCode.INVALID_REQUEST)
        : answer(context, name, partitionIndex, { replicaId, isolationLevel, currentLeaderEpoch, timestamp })),
    })),
  }))
  return { topics }
})

function answer(context: RequestContext, topic: string, index: number, asked: OffsetAsked) {
  if (!isUnderstood(asked.timestamp, context)) return failed(ErrorCode.UNSUPPORTED_VERSION)
  const replica = locateReplica(context.broker, topic, index)
  const found = typeof replica === 'number' ? replica : find(replica, asked, context)
  return typeof found === 'number' ? failed(found) : { errorCode: ErrorCode.NONE, ...found }
}

function find(replica: Partition, asked: OffsetAsked, { broker }: RequestContext): OffsetFound | ErrorCode {
  try {
    return findOffset(replica, asked)
  } catch (error) {
    return unreadable(replica, error, broker.log)
  }
}

function failed(errorCode: ErrorCode) {
  return { errorCode, timestamp: -1, offset: -1, leaderEpoch: -1 }
}

const NAMED_SINCE = new Map<number, Knowledge>([
  [MAX_TIMESTAMP, 'maxTimestamp'],
  [EARLIEST_LOCAL, 'earliestLocal'],
  [LATEST_TIERED, 'latestTiered'],
  [EARLIEST_PENDING_UPLOAD, 'earliestPendingUpload'],
])

/** Real times and the two oldest names always are; each of the others came with some version. */
function isUnderstood(timestamp: number, context: RequestContext): boolean {
  if (timestamp > MAX_TIMESTAMP) return true
  const since = NAMED_SINCE.get(timestamp)
  return since !== undefined && context.clientKnows(since)
}

function countPartitions({ topics }: ReadRequest<typeof ListOffsets>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { name, partitions } of topics) {
    for (const { partitionIndex } of partitions) {
      const key = `${name} ${partitionIndex}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  return counts
}

/** A partition that is asked for twice is answered once. */
function firstOfEach<P extends { readonly partitionIndex: number }>(partitions: readonly P[]): P[] {
  const seen = new Set<number>()
  return partitions.filter(({ partitionIndex }) => !seen.has(partitionIndex) && seen.add(partitionIndex))
}
