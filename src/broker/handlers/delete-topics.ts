import { ZERO_UUID } from '../../bytes/uuid.js'
import { refusal } from '../../cluster/decision.js'
import { ErrorCode } from '../../protocol/errors.js'
import { DeleteTopics } from '../../protocol/messages/delete-topics.js'
import { handle } from '../handler.js'
import { mutationCharge } from '../mutation-charge.js'

/** Topics are gone at once; their files follow after a while. */
export const deleteTopics = handle(DeleteTopics, '1-6', (request, context) => {
  const charge = mutationCharge(context, context.clientKnows('mutationQuota'))
  if (request.timeoutMs > 0) return context.broker.controller.deleteTopics(request, charge)
  // Kafka's controller does not begin what is too late already.
  const late = refusal(ErrorCode.REQUEST_TIMED_OUT, null)
  const names = request.topicNames.map((name) => ({ name, topicId: ZERO_UUID }))
  return { responses: [...names, ...request.topics].map((topic) => ({ ...topic, ...late })) }
})
