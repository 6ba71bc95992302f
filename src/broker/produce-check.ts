import { isInternalTopic } from '../cluster/topic-names.js'
import { ErrorCode } from '../protocol/errors.js'
import type { Produce } from '../protocol/messages/produce.js'
import type { ReadRequest } from '../protocol/schema.js'
import { isTransactional, refuseAdmission, refuseRequest } from '../records/admission.js'
import { BATCH_OVERHEAD_BYTES, RecordBatch } from '../records/batch.js'
import { BATCH_LENGTH, LENGTH_PREFIX_BYTES } from '../records/layout.js'
import type { Refusal } from '../records/validate.js'
import type { RequestContext } from './handler.js'
import { locateReplica } from './locate.js'
import { ACKS_ALL } from './partition.js'
import type { ProduceEntry, ProduceFailure } from './produce-entry.js'

/** The one client that may write to internal topics: Kafka's own tools mend them so. */
const ADMIN_CLIENT_ID = '__admin_client'

/** Everything of a Produce request that is looked at before any log. Which error wins is the order of the checks, as in Kafka. */
export function checkProduce(
  entries: readonly ProduceEntry[],
  request: ReadRequest<typeof Produce>,
  context: RequestContext,
): void {
  let whole = refusedAtOnce(entries, request.transactionalId)
  for (const entry of entries) whole ??= checkEntry(entry, request.acks, context)
  if (request.transactionalId !== null && countProducers(entries) > 1)
    whole ??= { error: ErrorCode.INVALID_PRODUCER_ID_MAPPING }
  if (whole !== null) for (const entry of entries) entry.failure = whole
}

/** Kafka goes through the partitions until it has found one that is transactional, and knows no topic yet. */
function refusedAtOnce(entries: readonly ProduceEntry[], transactionalId: string | null): ProduceFailure | null {
  for (const { records } of entries) {
    const refusal = refuseRequest(records)
    if (refusal !== null) return failureOf(refusal)
    if (isTransactional(records))
      return transactionalId === null ? { error: ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED } : null
  }
  return null
}

/** A transaction is one producer's, in one epoch. */
function countProducers(entries: readonly ProduceEntry[]): number {
  const producers = new Set<string>()
  for (const { isTransactional, records } of entries) {
    if (!isTransactional) continue
    const { producerId, producerEpoch } = new RecordBatch(records!)
    producers.add(`${producerId} ${producerEpoch}`)
  }
  return producers.size
}

/** Returns what every partition of the request is answered because of this one. */
function checkEntry(entry: ProduceEntry, acks: number, context: RequestContext): ProduceFailure | null {
  const topic = topicOf(entry, context)
  if (typeof topic === 'number') {
    entry.failure = { error: topic }
    return null
  }
  const refusal = refuseAdmission(entry.records, context.clientKnows('zstd'))
  if (refusal !== null) {
    entry.failure = failureOf(refusal)
    return refusal.concernsRequest ? entry.failure : null
  }
  entry.isTransactional = isOfTransaction(entry.records!)
  // Of a transaction its coordinator is asked first.
  if (!entry.isTransactional && !areAcksKnown(acks)) entry.failure = { error: ErrorCode.INVALID_REQUIRED_ACKS }
  else if (isInternalTopic(topic) && context.clientId !== ADMIN_CLIENT_ID)
    entry.failure = { error: ErrorCode.INVALID_TOPIC_EXCEPTION }
  else locate(entry, topic, context)
  return null
}

export function areAcksKnown(acks: number): boolean {
  return acks === ACKS_ALL || acks === 0 || acks === 1
}

/** Kafka takes what is of no producer as if it were of no transaction. What is shorter than its own header is corrupt, and nothing else. */
function isOfTransaction(records: Buffer): boolean {
  if (!isTransactional(records)) return false
  const sizeBytes = LENGTH_PREFIX_BYTES + records.readInt32BE(BATCH_LENGTH)
  return sizeBytes >= BATCH_OVERHEAD_BYTES && new RecordBatch(records).hasProducerId
}

function locate(entry: ProduceEntry, topic: string, { broker }: RequestContext): void {
  const replica = locateReplica(broker, topic, entry.index)
  if (typeof replica === 'number') entry.failure = { error: replica }
  else entry.partition = replica
}

/** The topic's name, where the metadata knows it and the partition. */
function topicOf({ topic, topicId, index }: ProduceEntry, context: RequestContext): string | ErrorCode {
  const { image } = context.broker.metadata
  const isById = context.clientKnows('topicIds')
  const known = isById ? image.topicById(topicId) : image.topic(topic)
  if (known === null) return isById ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
  return known.partitions[index] === undefined ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : known.name
}

function failureOf({ error, message }: Refusal): ProduceFailure {
  return { error: ErrorCode[error], message }
}
