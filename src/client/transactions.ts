import { ErrorCode } from '../protocol/errors.js'
import { DescribeTransactions } from '../protocol/messages/describe-transactions.js'
import { InitProducerId } from '../protocol/messages/init-producer-id.js'
import { ListTransactions } from '../protocol/messages/list-transactions.js'
import type { ReadResponse } from '../protocol/schema.js'
import { describeCluster } from './cluster.js'
import type { Attempt, ClusterClient } from './cluster-client.js'
import { KafkaError, throwIfError } from './kafka-error.js'
import type { TopicPartition } from './topic-partition.js'

export interface TransactionListing {
  readonly coordinator: number
  readonly transactionalId: string
  readonly producerId: bigint
  /** In Kafka's words: Ongoing, CompleteCommit … */
  readonly state: string
}

export interface TransactionFilter {
  /** Empty: of any producer. */
  readonly producerIds: readonly bigint[]
  /** Only those that have been running for longer, in milliseconds; negative: all. */
  readonly durationMs: number
  /** A regular expression (RE2) for all of the id, null for any. */
  readonly idPattern: string | null
}

export interface TransactionDescription {
  readonly coordinator: number
  readonly state: string
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly timeoutMs: number
  /** Milliseconds since 1970; null when nothing was begun. */
  readonly startMs: number | null
  readonly partitions: readonly TopicPartition[]
}

export const ALL_TRANSACTIONS: TransactionFilter = { producerIds: [], durationMs: -1, idPattern: null }

/**
 * The transactions that each broker looks after, one broker after the other.
 * @throws KafkaError when one of them cannot say, or is too old for the filter.
 */
export async function listTransactions(
  client: ClusterClient,
  filter: TransactionFilter = ALL_TRANSACTIONS,
): Promise<TransactionListing[]> {
  const { brokers } = await describeCluster(client)
  const ids = brokers.map(({ id }) => id).sort((a, b) => a - b)
  return (await Promise.all(ids.map((broker) => listOf(client, broker, filter)))).flat()
}

async function listOf(client: ClusterClient, broker: number, filter: TransactionFilter): Promise<TransactionListing[]> {
  const answer = await client.run('listTransactions', { broker }, async ({ connection, timeoutMs }) => {
    checkFilter(filter, connection.version(ListTransactions))
    const request = {
      stateFilters: [],
      producerIdFilters: [...filter.producerIds],
      durationFilter: filter.durationMs,
      transactionalIdPattern: filter.idPattern,
    }
    const response = await connection.call(ListTransactions, request, { timeoutMs })
    if (response.errorCode === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS) throw new KafkaError(response.errorCode)
    return response
  })
  if (answer.errorCode === ErrorCode.COORDINATOR_NOT_AVAILABLE) {
    const why = 'failed because the coordinator is shutting down'
    throw new KafkaError(answer.errorCode, `ListTransactions request sent to broker ${broker} ${why}`)
  }
  if (answer.errorCode !== ErrorCode.NONE) {
    const why = 'failed with an unexpected exception'
    throw new KafkaError(answer.errorCode, `ListTransactions request sent to broker ${broker} ${why}`)
  }
  return answer.transactionStates.map(({ transactionalId, producerId, transactionState }) => ({
    coordinator: broker,
    transactionalId,
    producerId,
    state: transactionState,
  }))
}

function checkFilter({ durationMs, idPattern }: TransactionFilter, version: number | null): void {
  if (version === null) return
  const old = 'If client is connected to an older broker, do not specify'
  if (durationMs >= 0 && version < 1) {
    throw new KafkaError(
      ErrorCode.UNSUPPORTED_VERSION,
      `Duration filter can be set only when using API version 1 or higher. ${old} duration filter or set duration filter to -1.`,
    )
  }
  if (idPattern !== null && version < 2) {
    throw new KafkaError(
      ErrorCode.UNSUPPORTED_VERSION,
      `Transactional ID pattern filter can be set only when using API version 2 or higher. ${old} the pattern filter.`,
    )
  }
}

/** @throws KafkaError TRANSACTIONAL_ID_NOT_FOUND among others, in the words of Kafka's client. */
export async function describeTransaction(
  client: ClusterClient,
  transactionalId: string,
): Promise<TransactionDescription> {
  const act = async ({ connection, broker, timeoutMs }: Attempt) => {
    const response = await connection.call(DescribeTransactions, { transactionalIds: [transactionalId] }, { timeoutMs })
    const found = response.transactionStates.find((state) => state.transactionalId === transactionalId)
    if (found === undefined) throw refusal(transactionalId, ErrorCode.UNKNOWN_SERVER_ERROR)
    if (found.errorCode !== ErrorCode.NONE) throw refusal(transactionalId, found.errorCode)
    return description(found, broker!.id)
  }
  return await client.run('describeTransactions', { transactionalId }, act)
}

function refusal(transactionalId: string, code: ErrorCode): KafkaError {
  const why = REFUSED.get(code) ?? 'due to unexpected error'
  return new KafkaError(code, `DescribeTransactions request for transactionalId \`${transactionalId}\` failed ${why}`)
}

const REFUSED = new Map<ErrorCode, string>([
  [ErrorCode.TRANSACTIONAL_ID_NOT_FOUND, 'because the ID could not be found'],
  [ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, 'due to authorization failure'],
])

function description(
  state: ReadResponse<typeof DescribeTransactions>['transactionStates'][number],
  coordinator: number,
): TransactionDescription {
  return {
    coordinator,
    state: state.transactionState,
    producerId: state.producerId,
    producerEpoch: state.producerEpoch,
    timeoutMs: state.transactionTimeoutMs,
    startMs: state.transactionStartTimeMs < 0 ? null : state.transactionStartTimeMs,
    partitions: state.topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition }))),
  }
}

/** Takes the producer with this id out of the race and ends what it left open. @throws KafkaError */
export async function fenceProducer(client: ClusterClient, transactionalId: string): Promise<void> {
  const transactionTimeoutMs = client.config.requestTimeoutMs
  await client.run('fenceProducer', { transactionalId }, async ({ connection, timeoutMs }) => {
    const response = await connection.call(InitProducerId, { transactionalId, transactionTimeoutMs }, { timeoutMs })
    throwIfError(response.errorCode, fencingRefusal(transactionalId, response.errorCode))
  })
}

function fencingRefusal(transactionalId: string, code: ErrorCode): string {
  const why =
    code === ErrorCode.CLUSTER_AUTHORIZATION_FAILED
      ? 'cluster authorization failure'
      : code === ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED
        ? 'transactional ID authorization failure'
        : 'unexpected error'
  return `InitProducerId request for transactionalId \`${transactionalId}\` failed due to ${why}`
}
