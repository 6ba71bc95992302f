import { ErrorCode } from '../protocol/errors.js'
import type { Fetch } from '../protocol/messages/fetch.js'
import type { WriteResponse } from '../protocol/schema.js'
import { type FetchReader, failedFetch, type PartitionFetch } from './fetch-read.js'
import type { FoundPartition, GrantedPlan } from './fetch-run.js'
import type { AskedPartition, FetchedPartition, FetchSession } from './fetch-session.js'
import type { RequestContext } from './handler.js'
import { LeaderHints } from './leader-hints.js'

export type FetchedAnswer = WriteResponse<typeof Fetch>
type PartitionAnswer = FetchedAnswer['responses'][number]['partitions'][number]

interface TopicAnswer {
  readonly topic: string
  readonly topicId: string
  readonly partitions: PartitionAnswer[]
}

/** What a Fetch request is told: everything, or in an incremental session what is news. `fetched` are the first of `found`. */
export function fetchAnswer(
  context: RequestContext,
  plan: GrantedPlan,
  reader: FetchReader,
  found: readonly FoundPartition[],
  fetched: readonly PartitionFetch[],
): FetchedAnswer {
  for (const { read } of fetched) if (read !== null && read.sizeBytes > 0) context.onAnswered(() => read.release())
  if (plan.kind === 'incremental' && plan.session.epoch !== plan.epoch)
    return { errorCode: ErrorCode.INVALID_FETCH_SESSION_EPOCH, sessionId: plan.session.id, responses: [] }
  const session = plan.kind === 'incremental' ? plan.session : newSession(context, plan, reader)
  const hints = new LeaderHints(context)
  const responses: TopicAnswer[] = []
  found.forEach((target, i) => {
    const { asked } = target
    // Errors that were found before any log was looked at carry an empty list at either isolation level.
    const fetch = fetched[i] ?? failedFetch(target.partition === null ? target.error : ErrorCode.NONE, [])
    const isNews = session === null || tells(session, asked, fetch)
    if (plan.kind === 'incremental' && !isNews) return
    const currentLeader = hints.of(asked.topicId, asked.topic, asked.partition, fetch.errorCode)
    addTo(responses, asked, { ...partitionAnswer(asked, fetch), ...(currentLeader && { currentLeader }) })
  })
  return { errorCode: ErrorCode.NONE, sessionId: session?.id ?? 0, responses, nodeEndpoints: hints.endpoints }
}

/** As Kafka counts the size of an answer: with the length in front, without the header. */
const LENGTH_BYTES = 4

/** The bytes that `fetchAnswer` would have, with nothing remembered as told. */
export function fetchAnswerBytes(
  context: RequestContext,
  plan: GrantedPlan,
  found: readonly FoundPartition[],
  fetched: readonly PartitionFetch[],
): number {
  const responses: TopicAnswer[] = []
  found.forEach((target, i) => {
    const fetch = fetched[i] ?? failedFetch(target.partition === null ? target.error : ErrorCode.NONE, [])
    if (plan.kind === 'incremental' && !plan.session.isNews(target.asked, told(fetch))) return
    addTo(responses, target.asked, partitionAnswer(target.asked, fetch))
  })
  return LENGTH_BYTES + context.sizeOf({ errorCode: ErrorCode.NONE, sessionId: 0, responses })
}

/** Nothing of what was found, for who has had too much already; a session goes on as it was. */
export function throttledFetchAnswer(plan: GrantedPlan, fetched: readonly PartitionFetch[]): FetchedAnswer {
  for (const { read } of fetched) read?.release()
  if (plan.kind !== 'incremental') return { errorCode: ErrorCode.NONE, sessionId: 0, responses: [] }
  const isCurrent = plan.session.epoch === plan.epoch
  const errorCode = isCurrent ? ErrorCode.NONE : ErrorCode.INVALID_FETCH_SESSION_EPOCH
  return { errorCode, sessionId: plan.session.id, responses: [] }
}

function newSession(context: RequestContext, plan: GrantedPlan, reader: FetchReader): FetchSession | null {
  if (plan.kind === 'incremental' || !plan.mayCreate) return null
  return context.broker.fetchSessions.create({
    partitions: plan.partitions,
    usesTopicIds: context.clientKnows('topicIds'),
    isFollower: reader.replicaId >= 0,
  })
}

function tells(session: FetchSession, asked: AskedPartition, fetch: PartitionFetch): boolean {
  return session.tells(asked, told(fetch))
}

function told(fetch: PartitionFetch): FetchedPartition {
  return {
    errorCode: fetch.errorCode,
    highWatermark: fetch.highWatermark,
    logStartOffset: fetch.logStartOffset,
    recordBytes: fetch.read?.sizeBytes ?? 0,
    mustTell: fetch.divergingEpoch !== null || fetch.preferredReadReplica !== null,
  }
}

function partitionAnswer(asked: AskedPartition, fetch: PartitionFetch): PartitionAnswer {
  return {
    partitionIndex: asked.partition,
    errorCode: fetch.errorCode,
    highWatermark: fetch.highWatermark,
    lastStableOffset: fetch.lastStableOffset,
    logStartOffset: fetch.logStartOffset,
    ...(fetch.divergingEpoch && { divergingEpoch: fetch.divergingEpoch }),
    ...(fetch.preferredReadReplica !== null && { preferredReadReplica: fetch.preferredReadReplica }),
    abortedTransactions: fetch.abortedTransactions,
    // Never null, also with an error: some clients do not expect it.
    records: fetch.read?.chunks ?? [],
  }
}

/** The order of the request is kept, so a topic that comes twice with another between is told twice. */
function addTo(responses: TopicAnswer[], { topic, topicId }: AskedPartition, answer: PartitionAnswer): void {
  const last = responses.at(-1)
  if (last !== undefined && last.topic === topic && last.topicId === topicId) last.partitions.push(answer)
  else responses.push({ topic, topicId, partitions: [answer] })
}
