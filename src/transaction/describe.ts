import { ErrorCode } from '../protocol/errors.js'
import type { Standing } from './transaction.js'
import type { Transactions } from './transactions.js'

export interface TransactionDescription {
  readonly errorCode: ErrorCode
  readonly transactionalId: string
  /** Empty with an error. */
  readonly transactionState: string
  readonly transactionTimeoutMs: number
  /** -1 before the first partition. */
  readonly transactionStartTimeMs: number
  readonly producerId: bigint
  readonly producerEpoch: number
  /** While markers are on their way: those that have none yet. */
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[]
}

export function describeTransaction(transactions: Transactions, transactionalId: string): TransactionDescription {
  if (transactionalId === '') return description(transactionalId, ErrorCode.INVALID_REQUEST, null)
  const transaction = transactions.find(transactionalId)
  const error = transaction === null ? ErrorCode.TRANSACTIONAL_ID_NOT_FOUND : ErrorCode.NONE
  return description(transactionalId, error, transaction?.standing ?? null)
}

function description(transactionalId: string, errorCode: ErrorCode, standing: Standing | null): TransactionDescription {
  return {
    errorCode,
    transactionalId,
    transactionState: standing?.state ?? '',
    transactionTimeoutMs: standing?.timeoutMs ?? 0,
    transactionStartTimeMs: standing?.startMs ?? 0,
    producerId: standing?.producerId ?? 0n,
    producerEpoch: standing?.producerEpoch ?? 0,
    topics: standing?.partitions.byTopic() ?? [],
  }
}
