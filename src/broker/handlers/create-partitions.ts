import { refusal } from '../../cluster/decision.js'
import { ErrorCode } from '../../protocol/errors.js'
import { CreatePartitions } from '../../protocol/messages/create-partitions.js'
import { handle } from '../handler.js'
import { mutationCharge } from '../mutation-charge.js'

/** Makes topics larger; what they hold stays where it is. */
export const createPartitions = handle(CreatePartitions, '0-3', (request, context) => {
  const charge = mutationCharge(context, context.clientKnows('mutationQuota'))
  if (request.timeoutMs > 0) return context.broker.controller.createPartitions(request, charge)
  // Kafka's controller does not begin what is too late already.
  const late = refusal(ErrorCode.REQUEST_TIMED_OUT, null)
  return { results: request.topics.map(({ name }) => ({ name, ...late })) }
})
