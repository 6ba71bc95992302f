import { ErrorCode } from '../../protocol/errors.js'
import { AlterConfigs } from '../../protocol/messages/alter-configs.js'
import { alteredConfigs } from '../altered-configs.js'
import { refuseReplacement } from '../config-requests.js'
import { forwardFor } from '../forwarding-for.js'
import { handle } from '../handler.js'

const LATEST = 2

/** Makes what is named all that is set for a resource; older clients know nothing else. */
export const alterConfigs = handle(AlterConfigs, '0-2', async (request, context) => {
  const { broker } = context
  const { resources, validateOnly } = request
  const responses = await alteredConfigs(
    resources,
    {
      decide: ({ resourceType, resourceName, configs }) =>
        refuseReplacement(context, { type: resourceType, name: resourceName }, configs),
      change: async (remaining) => {
        if (!broker.metadata.isActive)
          return (await forwardFor(context, AlterConfigs, LATEST, { resources: [...remaining], validateOnly }))
            .responses
        return context.turns.map(remaining, async ({ resourceType, resourceName, configs }) => {
          const resource = { type: resourceType, name: resourceName }
          const wanted = new Map(configs.map(({ name, value }) => [name, value ?? '']))
          const refused = await broker.controller.replaceConfigs(resource, wanted, validateOnly)
          return { errorCode: ErrorCode.NONE, errorMessage: null, ...refused, resourceType, resourceName }
        })
      },
    },
    context.turns,
  )
  return { responses }
})
