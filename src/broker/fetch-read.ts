import { ErrorCode } from '../protocol/errors.js'
import type { LogRead } from '../storage/log-reader.js'
import type { AskedPartition } from './fetch-session.js'
import type { Partition } from './partition.js'

/** Who fetches, and how far that lets it see. */
export interface FetchReader {
  /** The follower's broker id; negative for a consumer. */
  readonly replicaId: number
  /** Of the follower's broker; -1 where it does not say. */
  readonly brokerEpoch: number
  readonly isCommittedOnly: boolean
  /** Whether a follower may answer, too (KIP-392). */
  readonly mayReadFollower: boolean
  /** Finds a follower that the reader should rather turn to; null where it should not. */
  readonly closerReplica: ((partition: Partition, fetchOffset: number) => number | null) | null
}

export interface PartitionFetch {
  readonly errorCode: ErrorCode
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly logStartOffset: number
  /** Null for who reads uncommitted records, too. */
  readonly abortedTransactions: readonly { producerId: bigint; firstOffset: number }[] | null
  readonly divergingEpoch: { readonly epoch: number; readonly endOffset: number } | null
  /** The follower to read from instead; null where this replica is right. */
  readonly preferredReadReplica: number | null
  /** Null where nothing was read. */
  readonly read: LogRead | null
}

/** An answer without records; what is not known is -1, as in Kafka. */
export function failedFetch(errorCode: ErrorCode, abortedTransactions: [] | null = null): PartitionFetch {
  return {
    errorCode,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    abortedTransactions,
    divergingEpoch: null,
    preferredReadReplica: null,
    read: null,
  }
}

/** Where reading ends: followers see everything, consumers what is committed, or decided as well. */
export function readableEnd(partition: Partition, reader: FetchReader): number {
  if (reader.replicaId >= 0) return partition.log.writtenEndOffset
  return reader.isCommittedOnly ? partition.lastStableOffset : partition.highWatermark
}

/** What keeps a reader from reading here at all. */
export function refusesFetch(partition: Partition, asked: AskedPartition, reader: FetchReader): ErrorCode {
  const epochError = partition.checkLeaderEpoch(asked.currentLeaderEpoch)
  if (epochError !== ErrorCode.NONE) return epochError
  const mustLead = reader.replicaId >= 0 || !reader.mayReadFollower
  if (partition.isGone || (mustLead && !partition.isLeader)) return ErrorCode.NOT_LEADER_OR_FOLLOWER
  return ErrorCode.NONE
}

/** Reads at most `bytesMax` bytes for one partition of a Fetch request; with `minOneBatch` at least one batch, where there is one. @throws MalformedBytes */
export function readPartition(
  partition: Partition,
  asked: AskedPartition,
  reader: FetchReader,
  bytesMax: number,
  minOneBatch: boolean,
): PartitionFetch {
  const refused = refusesFetch(partition, asked, reader)
  if (refused !== ErrorCode.NONE) return failedFetch(refused)
  if (reader.replicaId >= 0 && !partition.isFollower(reader.replicaId)) return failedFetch(strangerError(asked))
  if (reader.replicaId >= 0 && partition.isStaleFetch(reader.replicaId, reader.brokerEpoch))
    return failedFetch(ErrorCode.NOT_LEADER_OR_FOLLOWER)
  const diverging = divergence(partition, asked)
  if (diverging === 'unknown') return failedFetch(ErrorCode.OFFSET_OUT_OF_RANGE)
  if (diverging !== null) return fetched(partition, reader, diverging, null)
  const { log } = partition
  if (asked.fetchOffset < log.logStartOffset || asked.fetchOffset > log.logEndOffset)
    return failedFetch(ErrorCode.OFFSET_OUT_OF_RANGE)
  const closer = reader.closerReplica?.(partition, asked.fetchOffset) ?? null
  if (closer !== null) return { ...fetched(partition, reader, null, null), preferredReadReplica: closer }
  const endOffset = readableEnd(partition, reader)
  // Kafka trips over the limit, but only where there is something to read.
  if (bytesMax < 0 && asked.fetchOffset < endOffset) return failedFetch(ErrorCode.UNKNOWN_SERVER_ERROR)
  const read = log.read(asked.fetchOffset, Math.max(0, bytesMax), { endOffset, minOneBatch })
  if (reader.replicaId >= 0) {
    const { fetchOffset, logStartOffset } = asked
    partition.followerFetched(reader.replicaId, fetchOffset, logStartOffset, reader.brokerEpoch)
  }
  return fetched(partition, reader, null, read, asked.fetchOffset)
}

function fetched(
  partition: Partition,
  reader: FetchReader,
  divergingEpoch: PartitionFetch['divergingEpoch'],
  read: LogRead | null,
  fetchOffset = 0,
): PartitionFetch {
  const isCommittedOnly = reader.isCommittedOnly && reader.replicaId < 0
  return {
    errorCode: ErrorCode.NONE,
    highWatermark: partition.highWatermark,
    lastStableOffset: partition.lastStableOffset,
    logStartOffset: partition.log.logStartOffset,
    abortedTransactions: isCommittedOnly ? aborted(partition, fetchOffset, read) : null,
    divergingEpoch,
    preferredReadReplica: null,
    read,
  }
}

/** Ordered by first offset: clients drop records of a transaction from there on until its marker. */
function aborted(partition: Partition, fetchOffset: number, read: LogRead | null) {
  if (read === null || read.sizeBytes === 0) return []
  return partition.log
    .abortedTransactions(fetchOffset, read.nextOffset)
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset }))
    .sort((a, b) => a.firstOffset - b.firstOffset)
}

/** The assignment that makes it a follower may just not have come here yet, so it is told to try again. */
function strangerError(asked: AskedPartition): ErrorCode {
  return asked.currentLeaderEpoch >= 0 ? ErrorCode.UNKNOWN_LEADER_EPOCH : ErrorCode.NOT_LEADER_OR_FOLLOWER
}

/** Where the log of who fetches has parted from this one (KIP-595); null where it has not, or does not say. */
function divergence(partition: Partition, { lastFetchedEpoch, fetchOffset }: AskedPartition) {
  if (lastFetchedEpoch < 0) return null
  const end = partition.log.endOffsetForEpoch(lastFetchedEpoch)
  if (end.epoch < 0 || end.endOffset < 0) return 'unknown'
  return end.epoch < lastFetchedEpoch || end.endOffset < fetchOffset ? end : null
}
