import { CreateTopics } from '../../protocol/messages/create-topics.js'
import { handle } from '../handler.js'
import { mutationCharge } from '../mutation-charge.js'

/** Topics that were answered with no error are ready to be written to. */
export const createTopics = handle(CreateTopics, '2-7', (request, context) =>
  context.broker.controller.createTopics(request, mutationCharge(context, context.clientKnows('mutationQuota'))),
)
