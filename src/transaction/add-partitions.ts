import type { Asker } from '../coordination/effects.js'
import { ErrorCode } from '../protocol/errors.js'
import type { TopicPartition } from './partition-set.js'
import { ongoing } from './standings.js'
import { isPrepared } from './states.js'
import { step } from './step.js'
import { NO_EPOCH, type Transaction } from './transaction.js'
import type { Transactions, Turn } from './transactions.js'

export interface PartitionsEvent {
  readonly transactionalId: string
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly partitions: readonly TopicPartition[]
}

export interface AddPartitionsEvent extends PartitionsEvent {
  /** A broker adds them for its producer, whose epoch grows with every end (KIP-890). */
  readonly isVersion2: boolean
}

/** The first partitions begin the transaction. */
export function addPartitions(turn: Turn, event: AddPartitionsEvent, asker: Asker<ErrorCode>): void {
  const transaction = turn.transactions.find(event.transactionalId)
  // What is under way may be about to give the producer another id: that is awaited before anybody is turned away.
  const error = transaction?.isBusy ? ErrorCode.CONCURRENT_TRANSACTIONS : refusalFor(transaction, event)
  if (transaction === null || error !== ErrorCode.NONE) {
    turn.effects.reply(asker, error)
    return
  }
  const { standing } = transaction
  const { partitions } = event
  if (standing.state === 'Ongoing' && partitions.every((partition) => standing.partitions.has(partition))) {
    turn.effects.reply(asker, ErrorCode.NONE)
    return
  }
  step(turn, transaction, ongoing(standing, partitions, event.isVersion2 ? 2 : 0, turn.now), {
    settled: ({ effects }, error) => effects.reply(asker, error),
  })
}

/**
 * Whether the partitions are part of the producer's transaction: an error for each, in their order. What is just being
 * written does not count, so that the partition's leader asks again.
 */
export function verifyPartitions(transactions: Transactions, event: PartitionsEvent): ErrorCode[] {
  const transaction = transactions.find(event.transactionalId)
  const error = refusalFor(transaction, event)
  if (transaction === null || error !== ErrorCode.NONE) return event.partitions.map(() => error)
  const { state, partitions } = transaction.standing
  if (isPrepared(state)) return event.partitions.map(() => ErrorCode.CONCURRENT_TRANSACTIONS)
  return event.partitions.map((partition) => {
    return partitions.has(partition) ? ErrorCode.NONE : ErrorCode.TRANSACTION_ABORTABLE
  })
}

function refusalFor(transaction: Transaction | null, event: PartitionsEvent): ErrorCode {
  if (event.transactionalId === '') return ErrorCode.INVALID_REQUEST
  if (transaction === null) return ErrorCode.INVALID_PRODUCER_ID_MAPPING
  const { producerId, producerEpoch } = transaction.standing
  if (event.producerId !== producerId || producerEpoch === NO_EPOCH) return ErrorCode.INVALID_PRODUCER_ID_MAPPING
  return event.producerEpoch === producerEpoch ? ErrorCode.NONE : ErrorCode.PRODUCER_FENCED
}
