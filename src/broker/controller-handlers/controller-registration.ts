import { ErrorCode } from '../../protocol/errors.js'
import { ControllerRegistration } from '../../protocol/messages/controller-registration.js'
import { handle } from '../handler.js'

/** A controller introduces itself, so that clients can be told where it is (KIP-919). */
export const controllerRegistration = handle(ControllerRegistration, '0', async (request, { broker }) => {
  if (!broker.metadata.isActive) return { errorCode: ErrorCode.NOT_CONTROLLER, errorMessage: null }
  const { controllerId, incarnationId, listeners, features } = request
  const refused = await broker.controller.registerController({
    id: controllerId,
    incarnationId,
    endpoints: listeners,
    features: new Map(
      features.map(({ name, minSupportedVersion: min, maxSupportedVersion: max }) => [name, { min, max }]),
    ),
  })
  return refused ?? { errorCode: ErrorCode.NONE, errorMessage: null }
})
