import { ErrorCode } from '../../protocol/errors.js'
import { AddPartitionsToTxn } from '../../protocol/messages/add-partitions-to-txn.js'
import type { ReadRequest } from '../../protocol/schema.js'
import { addPartitions, verifyPartitions } from '../../transaction/add-partitions.js'
import type { TopicPartition } from '../../transaction/partition-set.js'
import type { Broker } from '../broker.js'
import { handle, type RequestContext } from '../handler.js'

type Transaction = ReadRequest<typeof AddPartitionsToTxn>['transactions'][number]

/** Producers enter partitions into their transaction; brokers do so for theirs, several at once, or only ask. */
export const addPartitionsToTxn = handle(AddPartitionsToTxn, '0-5', async (request, context) => {
  if (context.clientKnows('transactionBatches')) {
    const resultsByTransaction = await context.turns.map(inOrder(request.transactions), async (transaction) => ({
      transactionalId: transaction.transactionalId,
      topicResults: await resultsOf(transaction, context),
    }))
    return { errorCode: ErrorCode.NONE, resultsByTransaction, resultsByTopicV3AndBelow: [] }
  }
  const own = {
    transactionalId: request.v3AndBelowTransactionalId,
    producerId: request.v3AndBelowProducerId,
    producerEpoch: request.v3AndBelowProducerEpoch,
    verifyOnly: false,
    topics: request.v3AndBelowTopics,
  }
  return { resultsByTransaction: [], resultsByTopicV3AndBelow: await resultsOf(own, context) }
})

/** Of several for one id only the last counts. */
function inOrder(transactions: readonly Transaction[]): Transaction[] {
  return [...new Map(transactions.map((transaction) => [transaction.transactionalId, transaction])).values()]
}

async function resultsOf(transaction: Transaction, context: RequestContext) {
  const partitions = transaction.topics.flatMap(({ name, partitions }) =>
    partitions.map((partition) => ({ topic: name, partition })),
  )
  const errors = await errorsOf(transaction, partitions, context)
  let at = 0
  return transaction.topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: errors[at++]!,
    })),
  }))
}

/** A partition that is not there keeps the others out. */
async function errorsOf(
  transaction: Transaction,
  partitions: readonly TopicPartition[],
  context: RequestContext,
): Promise<ErrorCode[]> {
  const { broker } = context
  const isThere = partitions.map(({ topic, partition }) => broker.metadata.image.partition(topic, partition) !== null)
  if (isThere.includes(false)) {
    return isThere.map((there) => (there ? ErrorCode.OPERATION_NOT_ATTEMPTED : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION))
  }
  const isVersion2 = context.clientKnows('transactionVersion2')
  return transaction.verifyOnly
    ? verify(broker, transaction, partitions)
    : add(broker, { ...transaction, partitions, isVersion2 })
}

async function verify(
  { transactions }: Broker,
  transaction: Transaction,
  partitions: readonly TopicPartition[],
): Promise<ErrorCode[]> {
  const { transactionalId } = transaction
  if (transactionalId === '') return partitions.map(() => ErrorCode.INVALID_REQUEST)
  const coordinator = transactions.find(transactionalId)
  if (typeof coordinator === 'number') return partitions.map(() => coordinator)
  return verifyPartitions(coordinator.state, { ...transaction, partitions })
}

async function add({ transactions }: Broker, event: Parameters<typeof addPartitions>[1]): Promise<ErrorCode[]> {
  const error = await transactions.askNamed<ErrorCode>(
    event.transactionalId,
    (turn, asker) => addPartitions(turn, event, asker),
    (refused) => refused,
  )
  return event.partitions.map(() => error)
}
