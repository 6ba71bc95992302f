import { ErrorCode } from '../protocol/errors.js'
import { AddPartitionsToTxn } from '../protocol/messages/add-partitions-to-txn.js'
import { addPartitions, verifyPartitions } from '../transaction/add-partitions.js'
import type { TopicPartition } from '../transaction/partition-set.js'
import type { Broker } from './broker.js'
import { byTopic } from './partitions-by-topic.js'
import { TRANSACTIONS_TOPIC } from './transaction-coordinators.js'

const ADD_PARTITIONS_TO_TXN_VERSION = 5

/** What the leader of partitions asks the coordinator of a transaction that is to begin on them. */
export interface AdmissionQuestion {
  readonly transactionalId: string
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly partitions: readonly TopicPartition[]
  /** The coordinator is to enter them, and not only to say whether they belong to the transaction. */
  readonly isAdding: boolean
}

/** Asks the coordinator, wherever it is. Returns an error for each partition, in their order, as producers are told of it. */
export async function askForAdmission(broker: Broker, question: AdmissionQuestion): Promise<ErrorCode[]> {
  const errors = await ask(broker, question)
  return errors.map((error) => (error === ErrorCode.PRODUCER_FENCED ? ErrorCode.INVALID_PRODUCER_EPOCH : error))
}

async function ask(broker: Broker, question: AdmissionQuestion): Promise<ErrorCode[]> {
  const { metadata, nodeId, transactions } = broker
  const { image } = metadata
  const leader = image.partition(TRANSACTIONS_TOPIC, transactions.partitionOf(question.transactionalId))?.leader ?? -1
  if (leader === nodeId) return askHere(broker, question)
  const isThere = image.brokers.get(leader)?.fenced === false
  return isThere ? askThere(broker, leader, question) : all(question, ErrorCode.COORDINATOR_NOT_AVAILABLE)
}

async function askHere({ transactions }: Broker, question: AdmissionQuestion): Promise<ErrorCode[]> {
  const coordinator = transactions.find(question.transactionalId)
  if (typeof coordinator === 'number') return all(question, coordinator)
  if (!question.isAdding) return verifyPartitions(coordinator.state, question)
  const event = { ...question, isVersion2: true }
  return all(question, await coordinator.ask<ErrorCode>((turn, asker) => addPartitions(turn, event, asker)))
}

async function askThere(broker: Broker, leader: number, question: AdmissionQuestion): Promise<ErrorCode[]> {
  const { transactionalId, producerId, producerEpoch, isAdding, partitions } = question
  const topics = byTopic(partitions).map(([name, indexes]) => ({ name, partitions: indexes }))
  const transactions = [{ transactionalId, producerId, producerEpoch, verifyOnly: !isAdding, topics }]
  try {
    const { otherBrokers } = broker
    const answer = await otherBrokers.call(leader, AddPartitionsToTxn, ADD_PARTITIONS_TO_TXN_VERSION, { transactions })
    if (answer.errorCode !== ErrorCode.NONE) return all(question, answer.errorCode)
    const results = answer.resultsByTransaction[0]?.topicResults ?? []
    return partitions.map(({ topic, partition }) => {
      const told = results.find(({ name }) => name === topic)?.resultsByPartition
      const result = told?.find(({ partitionIndex }) => partitionIndex === partition)
      return result?.partitionErrorCode ?? ErrorCode.NETWORK_EXCEPTION
    })
  } catch {
    return all(question, ErrorCode.NETWORK_EXCEPTION)
  }
}

function all({ partitions }: AdmissionQuestion, error: ErrorCode): ErrorCode[] {
  return partitions.map(() => error)
}
