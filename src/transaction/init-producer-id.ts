import type { Asker } from '../coordination/effects.js'
import { ErrorCode } from '../protocol/errors.js'
import { fence, needsProducerIdToFence } from './fence.js'
import { isOfProducer, nextProducer, type Producer } from './next-producer.js'
import { initialized } from './standings.js'
import { allocate, step } from './step.js'
import { NO_EPOCH, NO_PRODUCER_ID, newTransaction, type Standing, type Transaction } from './transaction.js'
import type { TransactionConfig, Turn } from './transactions.js'

/** Transactions in two phases (KIP-939) end when their producer says so, never by themselves. */
export const NO_TIMEOUT_MS = 2 ** 31 - 1

export interface InitProducerIdEvent {
  readonly transactionalId: string
  readonly timeoutMs: number
  /** What the producer has been until now; -1 and -1 for one that starts. */
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly enable2Pc: boolean
  readonly keepPreparedTxn: boolean
}

export interface InitProducerIdAnswer {
  readonly errorCode: ErrorCode
  /** -1 with an error, as the epoch. */
  readonly producerId: bigint
  readonly producerEpoch: number
}

/** Makes the one who asks the only producer of the id. */
export function initProducerId(turn: Turn, event: InitProducerIdEvent, asker: Asker<InitProducerIdAnswer>): void {
  const error = refusalFor(event, turn.transactions.config)
  if (error !== ErrorCode.NONE) turn.effects.reply(asker, refusal(error))
  else attempt(turn, { ...event, timeoutMs: event.enable2Pc ? NO_TIMEOUT_MS : event.timeoutMs }, asker, null)
}

function refusalFor(event: InitProducerIdEvent, config: TransactionConfig): ErrorCode {
  if ((event.producerId === NO_PRODUCER_ID) !== (event.producerEpoch === NO_EPOCH)) return ErrorCode.INVALID_REQUEST
  if (event.transactionalId === '') return ErrorCode.INVALID_REQUEST
  if (event.enable2Pc && !config.isTwoPhaseCommitEnabled) return ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED
  // Apache Kafka has the field, but not what it stands for.
  if (event.keepPreparedTxn) return ErrorCode.UNSUPPORTED_VERSION
  const isTimeoutValid = event.timeoutMs > 0 && event.timeoutMs <= config.timeoutMsMax
  return event.enable2Pc || isTimeoutValid ? ErrorCode.NONE : ErrorCode.INVALID_TRANSACTION_TIMEOUT
}

function attempt(
  turn: Turn,
  event: InitProducerIdEvent,
  asker: Asker<InitProducerIdAnswer>,
  allocated: bigint | null,
): void {
  const { transactions, now, effects } = turn
  const { transactionalId, timeoutMs } = event
  if (allocated !== null && transactions.find(transactionalId) === null) {
    transactions.put(newTransaction(transactionalId, allocated, timeoutMs, now))
  }
  const transaction = transactions.find(transactionalId)
  const verdict = transaction === null ? 'allocate' : judge(turn, transaction, event, allocated)
  if (transaction === null || verdict === 'allocate') {
    const again = (later: Turn, producerId: bigint): void => attempt(later, event, asker, producerId)
    allocate(turn, again, (later, error) => later.effects.reply(asker, refusal(error)))
  } else if (verdict === 'fence') {
    // The epoch of the fence is never given to anybody: who asks gets the next one, by asking again.
    fence(turn, transaction, allocated, (later, error) => {
      later.effects.reply(asker, refusal(error === ErrorCode.NONE ? ErrorCode.CONCURRENT_TRANSACTIONS : error))
    })
  } else if (typeof verdict === 'number') effects.reply(asker, refusal(verdict))
  else begin(turn, transaction, initialized(transaction.standing, { ...verdict, timeoutMs }, now), asker)
}

function judge(
  turn: Turn,
  transaction: Transaction,
  event: InitProducerIdEvent,
  allocated: bigint | null,
): Producer | ErrorCode | 'allocate' | 'fence' {
  if (transaction.isBusy) return ErrorCode.CONCURRENT_TRANSACTIONS
  const { standing } = transaction
  if (!isOfProducer(standing, event)) return ErrorCode.PRODUCER_FENCED
  if (standing.state !== 'Ongoing') return nextProducer(standing, event.producerEpoch, allocated)
  return allocated === null && needsProducerIdToFence(turn, transaction) ? 'allocate' : 'fence'
}

function begin(turn: Turn, transaction: Transaction, next: Standing, asker: Asker<InitProducerIdAnswer>): void {
  const { producerId, producerEpoch } = next
  step(turn, transaction, next, {
    settled: ({ effects }, error) => {
      effects.reply(asker, error === ErrorCode.NONE ? { errorCode: error, producerId, producerEpoch } : refusal(error))
    },
  })
}

function refusal(errorCode: ErrorCode): InitProducerIdAnswer {
  return { errorCode, producerId: NO_PRODUCER_ID, producerEpoch: NO_EPOCH }
}
