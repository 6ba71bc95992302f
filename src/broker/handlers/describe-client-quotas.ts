import { describeClientQuotas as describe } from '../../cluster/describe-client-quotas.js'
import { inHashOrder } from '../../protocol/configs/hash-order.js'
import { entityParts } from '../../protocol/configs/quota-entity.js'
import { ErrorCode } from '../../protocol/errors.js'
import { DescribeClientQuotas } from '../../protocol/messages/describe-client-quotas.js'
import { handle } from '../handler.js'

/** Lists quotas by user, client id and address (KIP-546). */
export const describeClientQuotas = handle(DescribeClientQuotas, '0-1', (request, { broker }) => {
  const found = describe(broker.metadata.image, request)
  if ('errorCode' in found) return { ...found, entries: null }
  const entries = found.map(({ entity, values }) => ({
    entity: entityParts(entity).map(([entityType, entityName]) => ({ entityType, entityName })),
    values: inHashOrder([...values].map(([name, value]) => ({ name, value }))).map(({ name, value }) => ({
      key: name,
      value,
    })),
  }))
  return { errorCode: ErrorCode.NONE, errorMessage: '', entries }
})
