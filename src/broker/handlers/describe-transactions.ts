import { ErrorCode } from '../../protocol/errors.js'
import { DescribeTransactions } from '../../protocol/messages/describe-transactions.js'
import { describeTransaction } from '../../transaction/describe.js'
import { handle } from '../handler.js'

/** Where transactions stand. */
export const describeTransactions = handle(
  DescribeTransactions,
  '0',
  async ({ transactionalIds }, { broker, turns }) => ({
    transactionStates: await turns.map(transactionalIds, (transactionalId) => {
      if (transactionalId === '') return nothing(transactionalId, ErrorCode.INVALID_REQUEST)
      const coordinator = broker.transactions.find(transactionalId)
      return typeof coordinator === 'number'
        ? nothing(transactionalId, coordinator)
        : describeTransaction(coordinator.state, transactionalId)
    }),
  }),
)

function nothing(transactionalId: string, errorCode: ErrorCode) {
  return {
    errorCode,
    transactionalId,
    transactionState: '',
    transactionTimeoutMs: 0,
    transactionStartTimeMs: 0,
    producerId: 0n,
    producerEpoch: 0,
    topics: [],
  }
}
