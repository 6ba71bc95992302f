import { isInternalTopic } from '../cluster/topic-names.js'
import { ErrorCode } from '../protocol/errors.js'
import type { Produce } from '../protocol/messages/produce.js'
import type { ReadRequest } from '../protocol/schema.js'
import { refuseAdmission } from '../records/admission.js'
import { BATCH_OVERHEAD_BYTES, RecordBatch } from '../records/batch.js'
import { ATTRIBUTES, BATCH_LENGTH, LENGTH_PREFIX_BYTES, MAGIC, TRANSACTIONAL_BIT } from '../records/layout.js'
import type { Refusal } from '../records/validate.js'
import type { RequestContext } from './handler.js'
import { locateReplica } from './locate.js'
import { ACKS_ALL } from './partition.js'
import type { ProduceEntry } from './produce-entry.js'

/** The one client that may write to internal topics: Kafka's own tools mend them so. */
const ADMIN_CLIENT_ID = '__admin_client'

/** Everything of a Produce request that is looked at before any log. Which error wins is the order of the checks, as in Kafka. */
export function checkProduce(
  entries: readonly ProduceEntry[],
  request: ReadRequest<typeof Produce>,
  context: RequestContext,
): void {
  const zstdAllowed = context.clientKnows('zstd')
  const refusals: (Refusal | null)[] = []
  let whole: Refusal | null = null
  let hasTransactional = false
  for (const entry of entries) {
    const refusal = refuseAdmission(entry.records, zstdAllowed)
    refusals.push(refusal)
    if (refusal?.concernsRequest) whole ??= refusal
    entry.isTransactional = isTransactional(entry)
    hasTransactional ||= entry.isTransactional
  }
  const lacksId = hasTransactional && request.transactionalId === null
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]!
    if (whole !== null) fail(entry, whole)
    else if (lacksId) entry.failure = { error: ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED }
    else checkEntry(entry, refusals[i]!, request.acks, context)
  }
  if (request.transactionalId !== null) checkProducer(entries)
}

/** A transaction is one producer's, in one epoch. */
function checkProducer(entries: readonly ProduceEntry[]): void {
  const producers = new Set<string>()
  for (const { isTransactional, failure, records } of entries) {
    if (!isTransactional || failure !== null) continue
    const batch = new RecordBatch(records!)
    if (batch.hasProducerId) producers.add(`${batch.producerId} ${batch.producerEpoch}`)
  }
  if (producers.size < 2) return
  for (const entry of entries) entry.failure = { error: ErrorCode.INVALID_PRODUCER_ID_MAPPING }
}

function checkEntry(entry: ProduceEntry, refusal: Refusal | null, acks: number, context: RequestContext): void {
  const topic = topicOf(entry, context)
  const hasTopic = typeof topic !== 'number'
  if (!hasTopic) entry.failure = { error: topic }
  else if (refusal !== null) fail(entry, refusal)
  else if (acks !== ACKS_ALL && acks !== 0 && acks !== 1) entry.failure = { error: ErrorCode.INVALID_REQUIRED_ACKS }
  else if (isInternalTopic(topic) && context.clientId !== ADMIN_CLIENT_ID)
    entry.failure = { error: ErrorCode.INVALID_TOPIC_EXCEPTION }
  else locate(entry, topic, context)
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

function fail(entry: ProduceEntry, { error, message }: Refusal): void {
  entry.failure = { error: ErrorCode[error], message }
}

function isTransactional({ records }: ProduceEntry): boolean {
  if (records === null || records.length < BATCH_OVERHEAD_BYTES || records[MAGIC] !== 2) return false
  // A batch that says that it is shorter than its own header is corrupt, and nothing else.
  if (LENGTH_PREFIX_BYTES + records.readInt32BE(BATCH_LENGTH) < BATCH_OVERHEAD_BYTES) return false
  return (records.readInt16BE(ATTRIBUTES) & TRANSACTIONAL_BIT) !== 0
}
