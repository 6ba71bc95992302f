import { ErrorCode } from '../../protocol/errors.js'
import { UnregisterBroker } from '../../protocol/messages/unregister-broker.js'
import { handle } from '../handler.js'

/** Takes a broker that is gone off the books. */
export const unregisterBroker = handle(UnregisterBroker, '0', async (request, { broker }) => {
  const refused = await broker.controller.unregisterBroker(request.brokerId)
  return refused ?? { errorCode: ErrorCode.NONE, errorMessage: null }
})
