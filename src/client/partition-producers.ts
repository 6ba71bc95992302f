import { ErrorCode, errorMessage } from '../protocol/errors.js'
import { DescribeProducers } from '../protocol/messages/describe-producers.js'
import { WriteTxnMarkers } from '../protocol/messages/write-txn-markers.js'
import type { ReadResponse } from '../protocol/schema.js'
import type { Attempt, ClusterClient } from './cluster-client.js'
import { KafkaError } from './kafka-error.js'
import { callLeaders } from './leader-calls.js'
import { byTopic, partitionName, type TopicPartition } from './topic-partition.js'

/** What a partition remembers of a producer. */
export interface ProducerState {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly lastSequence: number
  /** Milliseconds since 1970. */
  readonly lastTimestamp: number
  /** Of the coordinator that ended the producer's last transaction here; null if none did. */
  readonly coordinatorEpoch: number | null
  /** Where the producer's open transaction begins; null without one. */
  readonly transactionStart: number | null
}

export interface TransactionEnd extends TopicPartition {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
}

type Answer = ProducerState[] | KafkaError

/**
 * By `topic-partition` the producers that its leader remembers.
 * @throws KafkaError for the first partition that cannot be described.
 */
export async function describeProducers(
  client: ClusterClient,
  partitions: readonly TopicPartition[],
): Promise<Map<string, ProducerState[]>> {
  const answers = await callLeaders<TopicPartition, ProducerState[]>(client, partitions, {
    name: 'describeProducers',
    api: 'DESCRIBE_PRODUCERS',
    ask: (attempt, items) => ask(attempt, items, null),
  })
  return throwFirst(answers)
}

/** The same, as one broker has it, which need not be a leader. */
export async function describeProducersAt(
  client: ClusterClient,
  broker: number,
  partitions: readonly TopicPartition[],
): Promise<Map<string, ProducerState[]>> {
  if (partitions.length === 0) return new Map()
  return throwFirst(
    await client.run('describeProducers(api=DESCRIBE_PRODUCERS)', { broker }, (attempt) =>
      ask(attempt, partitions, broker),
    ),
  )
}

function throwFirst(answers: ReadonlyMap<string, Answer>): Map<string, ProducerState[]> {
  const found = new Map<string, ProducerState[]>()
  for (const [name, answer] of answers) {
    if (answer instanceof KafkaError) throw answer
    found.set(name, answer)
  }
  return found
}

async function ask(
  { connection, timeoutMs }: Attempt,
  items: readonly TopicPartition[],
  broker: number | null,
): Promise<Map<string, Answer>> {
  const topics = [...byTopic(items)].map(([name, mine]) => ({
    name,
    partitionIndexes: mine.map(({ partition }) => partition),
  }))
  const response = await connection.call(DescribeProducers, { topics }, { timeoutMs })
  return new Map(
    response.topics.flatMap(({ name, partitions }) =>
      partitions.map((partition) => {
        const at = { topic: name, partition: partition.partitionIndex }
        const { errorCode } = partition
        const isFine = errorCode === ErrorCode.NONE
        return [
          partitionName(at),
          isFine ? partition.activeProducers.map(stateOf) : refusal(at, errorCode, partition.errorMessage, broker),
        ] as const
      }),
    ),
  )
}

type ActiveProducer = ReadResponse<
  typeof DescribeProducers
>['topics'][number]['partitions'][number]['activeProducers'][number]

function stateOf(producer: ActiveProducer): ProducerState {
  const { producerId, producerEpoch, lastSequence, lastTimestamp, coordinatorEpoch, currentTxnStartOffset } = producer
  return {
    producerId,
    producerEpoch,
    lastSequence,
    lastTimestamp,
    coordinatorEpoch: coordinatorEpoch < 0 ? null : coordinatorEpoch,
    transactionStart: currentTxnStartOffset < 0 ? null : currentTxnStartOffset,
  }
}

function refusal(at: TopicPartition, code: ErrorCode, message: string | null, broker: number | null): KafkaError {
  const name = partitionName(at)
  const what = `Failed to describe active producers for partition ${name}`
  if (code === ErrorCode.NOT_LEADER_OR_FOLLOWER) {
    return new KafkaError(code, broker === null ? null : `${what} on brokerId ${broker}`)
  }
  if (code === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) return new KafkaError(code, message)
  if (code === ErrorCode.INVALID_TOPIC_EXCEPTION) {
    const why = message ?? errorMessage(code)
    return new KafkaError(code, `Failed to fetch metadata for partition ${name} due to invalid topic error: ${why}`)
  }
  if (code === ErrorCode.TOPIC_AUTHORIZATION_FAILED) {
    return new KafkaError(code, `${what} due to authorization failure on topic \`${at.topic}\``)
  }
  return new KafkaError(code, `${what} due to unexpected error`)
}

/** Has the leader write that the transaction was aborted, whatever its coordinator thinks. @throws KafkaError */
export async function abortTransaction(client: ClusterClient, end: TransactionEnd): Promise<void> {
  const answers = await callLeaders<TransactionEnd, null>(client, [end], {
    name: 'abortTransaction',
    api: 'WRITE_TXN_MARKERS',
    ask: (attempt) => writeMarker(attempt, end),
  })
  const answer = answers.get(partitionName(end))
  if (answer instanceof KafkaError) throw answer
}

async function writeMarker(
  { connection, timeoutMs }: Attempt,
  end: TransactionEnd,
): Promise<Map<string, null | KafkaError>> {
  const { topic, partition, producerId, producerEpoch, coordinatorEpoch } = end
  const topics = [{ name: topic, partitionIndexes: [partition] }]
  const marker = { producerId, producerEpoch, coordinatorEpoch, transactionResult: false, topics }
  const response = await connection.call(WriteTxnMarkers, { markers: [marker] }, { timeoutMs })
  const code = response.markers[0]?.topics[0]?.partitions[0]?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR
  return new Map([[partitionName(end), code === ErrorCode.NONE ? null : abortRefusal(end, code)]])
}

function abortRefusal(end: TransactionEnd, code: ErrorCode): KafkaError {
  const what = `WriteTxnMarkers request with ${abortText(end)} failed`
  if (code === ErrorCode.CLUSTER_AUTHORIZATION_FAILED) {
    return new KafkaError(code, `${what} due to cluster authorization error`)
  }
  if (code === ErrorCode.INVALID_PRODUCER_EPOCH) {
    return new KafkaError(code, `${what} due an invalid producer epoch`)
  }
  if (code === ErrorCode.TRANSACTION_COORDINATOR_FENCED) {
    const why = `since the provided coordinator epoch ${end.coordinatorEpoch} has been fenced by the active coordinator`
    return new KafkaError(code, `${what} ${why}`)
  }
  return new KafkaError(code, `${what} due to unexpected error: ${errorMessage(code)}`)
}

/** How Kafka's messages name it. */
export function abortText(end: TransactionEnd): string {
  const { producerId, producerEpoch, coordinatorEpoch } = end
  return `AbortTransactionSpec(topicPartition=${partitionName(end)}, producerId=${producerId}, producerEpoch=${producerEpoch}, coordinatorEpoch=${coordinatorEpoch})`
}
