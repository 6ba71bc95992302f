import { ErrorCode } from '../protocol/errors.js'
import type { Partition } from './partition.js'

/** What stands for a timestamp where no time is meant. */
export const LATEST = -1
export const EARLIEST = -2
export const MAX_TIMESTAMP = -3
export const EARLIEST_LOCAL = -4
export const LATEST_TIERED = -5
export const EARLIEST_PENDING_UPLOAD = -6

/** A replica id of its own: somebody who looks for faults, whom any replica may answer. */
const DEBUGGING_CONSUMER = -2
const CONSUMER = -1

export interface OffsetAsked {
  readonly replicaId: number
  readonly isolationLevel: number
  readonly currentLeaderEpoch: number
  readonly timestamp: number
}

export interface OffsetFound {
  readonly timestamp: number
  readonly offset: number
  readonly leaderEpoch: number
}

const NOTHING: OffsetFound = { timestamp: -1, offset: -1, leaderEpoch: -1 }

/** Answers one partition of ListOffsets; a number is an error code. Nothing found is no error. */
export function findOffset(partition: Partition, asked: OffsetAsked): OffsetFound | ErrorCode {
  const epochError = partition.checkLeaderEpoch(asked.currentLeaderEpoch)
  if (epochError !== ErrorCode.NONE) return epochError
  if (!partition.isLeader && asked.replicaId !== DEBUGGING_CONSUMER) return ErrorCode.NOT_LEADER_OR_FOLLOWER
  const { log } = partition
  switch (asked.timestamp) {
    case LATEST:
      if (isTooEarly(partition, asked)) return ErrorCode.OFFSET_NOT_AVAILABLE
      return { timestamp: -1, offset: readableEnd(partition, asked), leaderEpoch: partition.leaderEpoch }
    case EARLIEST:
    case EARLIEST_LOCAL:
      return { timestamp: -1, offset: log.logStartOffset, leaderEpoch: log.leaderEpochs.epochFor(log.logStartOffset) }
    case LATEST_TIERED:
    case EARLIEST_PENDING_UPLOAD:
      // Nothing is ever uploaded to another tier.
      return NOTHING
    case MAX_TIMESTAMP:
      return readable(partition, asked, log.latestRecord())
    default:
      return readable(partition, asked, log.offsetForTimestamp(asked.timestamp))
  }
}

/** What lies beyond the end that the client can read has not been found, unless that end is not known yet. */
function readable(partition: Partition, asked: OffsetAsked, found: OffsetFound | null): OffsetFound | ErrorCode {
  if (found !== null && found.offset < readableEnd(partition, asked)) return found
  return isTooEarly(partition, asked) ? ErrorCode.OFFSET_NOT_AVAILABLE : NOTHING
}

/** A new leader cannot tell a client where the log ends before it knows what its predecessor had committed. */
function isTooEarly(partition: Partition, asked: OffsetAsked): boolean {
  return partition.isCatchingUp && asked.replicaId === CONSUMER
}

function readableEnd(partition: Partition, { replicaId, isolationLevel }: OffsetAsked): number {
  if (replicaId !== CONSUMER) return partition.log.writtenEndOffset
  return isolationLevel === 1 ? partition.lastStableOffset : partition.highWatermark
}
