import { ErrorCode } from '../../protocol/errors.js'
import { InitProducerId } from '../../protocol/messages/init-producer-id.js'
import { handle } from '../handler.js'

const NO_PRODUCER_ID = -1n
const NO_EPOCH = -1

/** A producer id for an idempotent producer. One that has an id already, and lost track of its sequences, gets a fresh one. */
export const initProducerId = handle(InitProducerId, '0-5', async (request, { broker }) => {
  const { transactionalId, producerId, producerEpoch } = request
  if ((producerId === NO_PRODUCER_ID) !== (producerEpoch === NO_EPOCH)) return failed(ErrorCode.INVALID_REQUEST)
  if (transactionalId === '') return failed(ErrorCode.INVALID_REQUEST)
  // There is no transaction coordinator to ask; with a retriable error clients would ask for ever.
  if (transactionalId !== null) return failed(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
  return {
    errorCode: ErrorCode.NONE,
    producerId: await broker.controller.allocateProducerId(),
    producerEpoch: 0,
  }
})

function failed(errorCode: ErrorCode) {
  return { errorCode, producerId: NO_PRODUCER_ID, producerEpoch: NO_EPOCH }
}
