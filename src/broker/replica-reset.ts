import { ErrorCode, errorName } from '../protocol/errors.js'
import { ListOffsets } from '../protocol/messages/list-offsets.js'
import { EARLIEST, LATEST } from './offset-lookup.js'
import type { OtherBrokers } from './other-brokers.js'
import type { Partition } from './partition.js'
import { type Intake, type IntakeOptions, truncateReplica } from './replica-intake.js'

const LIST_OFFSETS_VERSION = 10

export interface ReplicaResetOptions extends IntakeOptions {
  readonly nodeId: number
  readonly leaderId: number
  readonly link: OtherBrokers
  /** Whether the leader that is asked still leads. */
  readonly isWanted: () => boolean
}

/**
 * The replica's end lies outside of the leader's log: it is cut to where that ends, or begins anew where that begins.
 * @throws Error where the leader does not answer
 */
export async function resetReplica(partition: Partition, options: ReplicaResetOptions): Promise<Intake> {
  const { log } = partition
  const end = await leaderOffset(partition, LATEST, options)
  if (typeof end === 'string') return { type: 'later', reason: end, isNews: false }
  if (!options.isWanted()) return { type: 'taken' }
  if (end < log.logEndOffset) {
    truncateReplica(partition, end, options)
    return { type: 'taken' }
  }
  const start = await leaderOffset(partition, EARLIEST, options)
  if (typeof start === 'string') return { type: 'later', reason: start, isNews: false }
  if (!options.isWanted()) return { type: 'taken' }
  if (start > log.logEndOffset) {
    options.log.info(`${partition.name} begins anew at ${start}: its leader has nothing from before`)
    log.truncateFullyAndStartAt(start)
    partition.changes.fire()
    return { type: 'taken' }
  }
  return { type: 'later', reason: 'what it asked for has come to lie in the log again', isNews: false }
}

/** A text says why there is none. */
async function leaderOffset(
  { topic: name, index, leaderEpoch }: Partition,
  timestamp: number,
  { link, leaderId, nodeId }: ReplicaResetOptions,
): Promise<number | string> {
  const asked = { partitionIndex: index, currentLeaderEpoch: leaderEpoch, timestamp }
  const request = { replicaId: nodeId, isolationLevel: 0, timeoutMs: 0, topics: [{ name, partitions: [asked] }] }
  const response = await link.call(leaderId, ListOffsets, LIST_OFFSETS_VERSION, request)
  const answer = response.topics[0]?.partitions[0]
  if (answer === undefined) return 'the leader does not say where its log ends'
  return answer.errorCode === ErrorCode.NONE ? answer.offset : errorName(answer.errorCode)
}
