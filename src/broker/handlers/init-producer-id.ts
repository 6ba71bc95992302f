import { ErrorCode } from '../../protocol/errors.js'
import { InitProducerId } from '../../protocol/messages/init-producer-id.js'
import { type InitProducerIdAnswer, initProducerId as initialize } from '../../transaction/init-producer-id.js'
import { handle } from '../handler.js'
import { NotController } from '../not-controller.js'

const NO_PRODUCER_ID = -1n
const NO_EPOCH = -1

/**
 * Makes a producer the only one of its transactional id. One without such an id is only told of an id that no producer has had:
 * also where it has one already, and lost track of its sequences.
 */
export const initProducerId = handle(InitProducerId, '0-5', async (request, { broker }) => {
  const { transactionalId, producerId, producerEpoch } = request
  if ((producerId === NO_PRODUCER_ID) !== (producerEpoch === NO_EPOCH)) return refusal(ErrorCode.INVALID_REQUEST)
  if (transactionalId === null) {
    try {
      return {
        errorCode: ErrorCode.NONE,
        producerId: await broker.controllerClient.allocateProducerId(),
        producerEpoch: 0,
      }
    } catch (error) {
      if (!(error instanceof NotController)) throw error
      // As Kafka where the next ids have not come yet: its client asks again.
      return refusal(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
    }
  }
  const event = { ...request, transactionalId, timeoutMs: request.transactionTimeoutMs }
  return broker.transactions.askNamed<InitProducerIdAnswer>(
    transactionalId,
    (turn, asker) => initialize(turn, event, asker),
    refusal,
  )
})

function refusal(errorCode: ErrorCode): InitProducerIdAnswer {
  return { errorCode, producerId: NO_PRODUCER_ID, producerEpoch: NO_EPOCH }
}
