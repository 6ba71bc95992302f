import type { Log } from '../base/log.js'
import { ErrorCode, errorName } from '../protocol/errors.js'
import type { Fetch } from '../protocol/messages/fetch.js'
import type { ReadResponse } from '../protocol/schema.js'
import type { PartitionLog } from '../storage/partition-log.js'
import { isPassing } from '../storage/write-fully.js'
import type { Partition } from './partition.js'

export type FetchedPartition = ReadResponse<typeof Fetch>['responses'][number]['partitions'][number]

/** What has come of a leader's answer about one partition. */
export type Intake =
  | { readonly type: 'taken' }
  /** Is to be asked for again, a little later; `isNews` where a person may want to know. */
  | { readonly type: 'later'; readonly reason: string; readonly isNews: boolean }
  | { readonly type: 'out of range' }
  /** The replica cannot be kept; it is left alone until somebody else leads. */
  | { readonly type: 'failed'; readonly reason: string }

export interface IntakeOptions {
  readonly log: Log
  /** Cuts the replica's end off, and returns how many records of it had been committed. */
  readonly truncate: (partition: Partition, offset: number) => number
}

/** Either the leader has not heard of its role yet, or this broker not of the next one: the metadata is on its way. */
const METADATA_DIFFERS: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.FENCED_LEADER_EPOCH,
  ErrorCode.UNKNOWN_LEADER_EPOCH,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.UNKNOWN_TOPIC_ID,
])

/** Takes what a leader has answered into the replica. */
export function takeFetched(partition: Partition, answer: FetchedPartition, options: IntakeOptions): Intake {
  const { errorCode, divergingEpoch, highWatermark, logStartOffset } = answer
  if (errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) return { type: 'out of range' }
  if (errorCode !== ErrorCode.NONE)
    return { type: 'later', reason: errorName(errorCode), isNews: !METADATA_DIFFERS.has(errorCode) }
  if (divergingEpoch.epoch >= 0) return cutOff(partition, divergingEpoch, options)
  const records = answer.records as Buffer | null
  if (records !== null && records.length > 0) {
    const appended = partition.appendFromLeader(records)
    const { failure } = partition.log
    // A log finds out by itself when there is room again: whoever asked no more would be out of sync for good.
    if (failure !== null)
      return { type: isPassing(failure) ? 'later' : 'failed', reason: failure.message, isNews: true }
    if (appended.error === 'CORRUPT_MESSAGE') return { type: 'later', reason: appended.message, isNews: true }
    if (appended.error !== undefined) return { type: 'failed', reason: appended.message }
  }
  partition.learn(highWatermark, logStartOffset)
  return { type: 'taken' }
}

/** The logs have parted: what lies behind their common past goes. */
function cutOff(
  partition: Partition,
  leaders: { readonly epoch: number; readonly endOffset: number },
  options: IntakeOptions,
): Intake {
  const { log } = partition
  const [endBefore, epochBefore] = [log.logEndOffset, log.leaderEpochs.latestEpoch]
  truncateReplica(partition, commonEnd(log, leaders), options)
  const isShorter = log.logEndOffset < endBefore || log.leaderEpochs.latestEpoch < epochBefore
  return isShorter ? { type: 'taken' } : { type: 'later', reason: 'its log cannot be made out', isNews: true }
}

/** The leader's epoch may be unknown here: then the end of the one before it is looked at, and the rest comes with the next answer. */
function commonEnd(log: PartitionLog, leaders: { readonly epoch: number; readonly endOffset: number }): number {
  const own = log.endOffsetForEpoch(leaders.epoch)
  if (own.endOffset < 0) return Math.min(leaders.endOffset, log.logEndOffset)
  const ownEnd = Math.min(own.endOffset, log.logEndOffset)
  return own.epoch === leaders.epoch ? Math.min(ownEnd, leaders.endOffset) : ownEnd
}

/** Cuts the end off, and says so. */
export function truncateReplica(partition: Partition, to: number, { log, truncate }: IntakeOptions): void {
  const endBefore = partition.log.logEndOffset
  const offset = batchStart(partition.log, to)
  const committed = truncate(partition, offset)
  const { name, leader, leaderEpoch } = partition
  const count = endBefore - offset
  if (committed > 0 || (count > 0 && partition.isRecovering))
    log.warn(
      `${name} loses ${count} ${count === 1 ? 'record' : 'records'} from offset ${offset} on, acknowledged or not: broker ` +
        `${leader}, which leads in epoch ${leaderEpoch}, was not in sync when it was elected`,
    )
  else if (offset < endBefore)
    log.info(
      `Truncated ${name} from ${endBefore} to ${offset}: broker ${leader} leads in epoch ${leaderEpoch} without that`,
    )
}

/** Batches go as a whole, and the next must follow on what is left. */
function batchStart(log: PartitionLog, offset: number): number {
  if (offset <= log.logStartOffset || offset >= log.writtenEndOffset) return offset
  const read = log.read(offset, 1, { endOffset: log.writtenEndOffset, minOneBatch: true })
  read.release()
  return read.firstBatchOffset < 0 ? offset : Math.min(read.firstBatchOffset, offset)
}
