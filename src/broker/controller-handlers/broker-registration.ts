import { ErrorCode } from '../../protocol/errors.js'
import { BrokerRegistration } from '../../protocol/messages/broker-registration.js'
import { handle } from '../handler.js'

/** A broker introduces itself (KIP-631). */
export const brokerRegistration = handle(BrokerRegistration, '0-4', async (request, { broker }) => {
  if (!broker.metadata.isActive) return { errorCode: ErrorCode.NOT_CONTROLLER }
  if (request.clusterId !== broker.clusterId) return { errorCode: ErrorCode.INCONSISTENT_CLUSTER_ID }
  const features = request.features.map(
    ({ name, minSupportedVersion: min, maxSupportedVersion: max }) => [name, { min, max }] as const,
  )
  const registered = await broker.controller.registerBroker({
    brokerId: request.brokerId,
    incarnationId: request.incarnationId,
    endpoints: request.listeners,
    features: new Map(features),
    rack: request.rack,
    logDirs: request.logDirs,
    previousBrokerEpoch: request.previousBrokerEpoch,
  })
  if ('errorCode' in registered) return { errorCode: registered.errorCode }
  return { errorCode: ErrorCode.NONE, brokerEpoch: registered.brokerEpoch }
})
