import { EndTxn } from '../../protocol/messages/end-txn.js'
import { type EndTransactionAnswer, endTransaction } from '../../transaction/end-transaction.js'
import { handle } from '../handler.js'

/** Decides how a transaction ends; the markers are written afterwards. */
export const endTxn = handle(EndTxn, '0-5', async (request, context) => {
  const { transactionalId, producerId, producerEpoch, committed: isCommit } = request
  const clientTransactionVersion = context.clientKnows('transactionVersion2') ? 2 : 0
  const event = { transactionalId, producerId, producerEpoch, isCommit, clientTransactionVersion }
  return context.broker.transactions.askNamed<EndTransactionAnswer>(
    transactionalId,
    (turn, asker) => endTransaction(turn, event, asker),
    (errorCode) => ({ errorCode, producerId: -1n, producerEpoch: -1 }),
  )
})
