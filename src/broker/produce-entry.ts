import type { Uuid } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'
import type { Produce } from '../protocol/messages/produce.js'
import type { ReadRequest, WriteResponse } from '../protocol/schema.js'
import type { RecordError } from '../records/validate.js'
import type { Appended } from '../storage/append.js'
import type { LeaderHints } from './leader-hints.js'
import type { Partition } from './partition.js'
import type { TransactionGuard } from './transaction-guards.js'

export type ProduceAnswer = WriteResponse<typeof Produce>
type PartitionAnswer = ProduceAnswer['responses'][number]['partitionResponses'][number]
interface TopicAnswer {
  readonly name: string
  readonly topicId: Uuid
  readonly partitionResponses: PartitionAnswer[]
}

/** Why a batch was not taken. */
export interface ProduceFailure {
  readonly error: ErrorCode
  readonly message?: string | null
  readonly recordErrors?: readonly RecordError[]
  /** -1 where the log was not looked at. */
  readonly logStartOffset?: number
}

/** One partition of a Produce request on its way: undecided at first, then failed or appended. */
export interface ProduceEntry {
  readonly topic: string
  readonly topicId: Uuid
  readonly index: number
  readonly records: Buffer | null
  /** Whether it is a producer's in a transaction; known once the records have been looked at. */
  isTransactional: boolean
  /** Held where the coordinator was asked about a transaction that begins here, and agreed. */
  guard: TransactionGuard | null
  partition: Partition | null
  appended: Appended | null
  failure: ProduceFailure | null
}

/** The partitions of a request. Of several entries for one partition only the last counts, in the place of the first. */
export function produceEntries(request: ReadRequest<typeof Produce>): ProduceEntry[] {
  const entries: ProduceEntry[] = []
  for (const { name, topicId, partitionData } of request.topicData) {
    for (const { index, records } of partitionData) entries.push(entry(name, topicId, index, records))
  }
  return entries.length < 2 ? entries : lastOfEach(entries)
}

function entry(topic: string, topicId: Uuid, index: number, records: Buffer | null): ProduceEntry {
  const [guard, partition, appended, failure] = [null, null, null, null]
  return { topic, topicId, index, records, isTransactional: false, guard, partition, appended, failure }
}

function lastOfEach(entries: readonly ProduceEntry[]): ProduceEntry[] {
  const last = new Map<string, ProduceEntry>()
  for (const entry of entries) last.set(`${entry.topicId} ${entry.topic} ${entry.index}`, entry)
  return [...last.values()]
}

/** `logStartOffset` is that of now; the base offset of an append that failed afterwards is told all the same. */
export function produceAnswer(entries: readonly ProduceEntry[], hints: LeaderHints): ProduceAnswer {
  if (entries.length === 1) return { responses: [topicAnswer(entries[0]!, hints)], nodeEndpoints: hints.endpoints }
  const byTopic = new Map<string, TopicAnswer>()
  for (const entry of entries) {
    const key = `${entry.topicId} ${entry.topic}`
    const topic = byTopic.get(key)
    if (topic === undefined) byTopic.set(key, topicAnswer(entry, hints))
    else topic.partitionResponses.push(partitionAnswer(entry, hints))
  }
  return { responses: [...byTopic.values()], nodeEndpoints: hints.endpoints }
}

/** So far of one partition. */
function topicAnswer(entry: ProduceEntry, hints: LeaderHints): TopicAnswer {
  return { name: entry.topic, topicId: entry.topicId, partitionResponses: [partitionAnswer(entry, hints)] }
}

function partitionAnswer(
  { topic, topicId, index, appended, failure }: ProduceEntry,
  hints: LeaderHints,
): PartitionAnswer {
  const { baseOffset = -1, logAppendTimeMs = -1 } = appended ?? {}
  if (failure === null)
    return {
      index,
      errorCode: ErrorCode.NONE,
      baseOffset,
      logAppendTimeMs,
      logStartOffset: appended?.logStartOffset ?? -1,
    }
  const { error: errorCode, recordErrors = [], message: errorMessage = null } = failure
  const currentLeader = hints.of(topicId, topic, index, errorCode)
  return {
    index,
    errorCode,
    baseOffset,
    logAppendTimeMs,
    logStartOffset: appended?.logStartOffset ?? failure.logStartOffset ?? -1,
    recordErrors: recordErrors.map(({ batchIndex, message }) => ({ batchIndex, batchIndexErrorMessage: message })),
    errorMessage,
    ...(currentLeader && { currentLeader }),
  }
}
