import { ErrorCode } from '../../protocol/errors.js'
import { AllocateProducerIds } from '../../protocol/messages/allocate-producer-ids.js'
import { handle } from '../handler.js'

/** A broker gets ids to give to producers (KIP-730). */
export const allocateProducerIds = handle(AllocateProducerIds, '0', async ({ brokerId, brokerEpoch }, { broker }) => {
  const refused = (errorCode: ErrorCode) => ({ errorCode, producerIdStart: 0n, producerIdLen: 0 })
  if (!broker.metadata.isActive) return refused(ErrorCode.NOT_CONTROLLER)
  const known = broker.metadata.image.brokers.get(brokerId)
  if (known === undefined) return refused(ErrorCode.BROKER_ID_NOT_REGISTERED)
  if (known.epoch !== brokerEpoch) return refused(ErrorCode.STALE_BROKER_EPOCH)
  const { first, end } = await broker.controller.allocateProducerIds(brokerId)
  return { errorCode: ErrorCode.NONE, producerIdStart: first, producerIdLen: Number(end - first) }
})
