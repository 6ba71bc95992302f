import { ResourceType } from '../../cluster/resource-type.js'
import { ErrorCode } from '../../protocol/errors.js'
import { IncrementalAlterConfigs } from '../../protocol/messages/incremental-alter-configs.js'
import type { ReadRequest } from '../../protocol/schema.js'
import { alteredConfigs } from '../altered-configs.js'
import { refuseChanges } from '../config-requests.js'
import { forwardFor } from '../forwarding-for.js'
import { handle } from '../handler.js'
import { alterLoggers } from '../loggers.js'

const LATEST = 1

type Asked = ReadRequest<typeof IncrementalAlterConfigs>['resources'][number]

/**
 * Changes single configs; each resource whole or not at all (KIP-339). What a broker decides by itself does not go to the
 * controller: what it refuses, and which lines it writes to its log.
 */
export const incrementalAlterConfigs = handle(IncrementalAlterConfigs, '0-1', async (request, context) => {
  const { broker } = context
  const { resources, validateOnly } = request
  const responses = await alteredConfigs(
    resources,
    {
      decide: (asked) => {
        const refused = refuseChanges(context, resourceOf(asked), changesOf(asked))
        if (refused !== null || asked.resourceType !== ResourceType.BROKER_LOGGER) return refused
        return alterLoggers(broker.log, changesOf(asked), validateOnly) ?? 'done'
      },
      change: async (remaining) => {
        if (!broker.metadata.isActive)
          return (
            await forwardFor(context, IncrementalAlterConfigs, LATEST, { resources: [...remaining], validateOnly })
          ).responses
        return context.turns.map(remaining, async (asked) => {
          const { resourceType, resourceName } = asked
          const refused = await broker.controller.alterConfigs(resourceOf(asked), changesOf(asked), validateOnly)
          return { errorCode: ErrorCode.NONE, errorMessage: null, ...refused, resourceType, resourceName }
        })
      },
    },
    context.turns,
  )
  return { responses }
})

function resourceOf({ resourceType, resourceName }: Asked) {
  return { type: resourceType, name: resourceName }
}

function changesOf({ configs }: Asked) {
  return configs.map(({ name, configOperation, value }) => ({ name, operation: configOperation, value }))
}
