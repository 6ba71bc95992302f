import { ResourceType } from '../../cluster/resource-type.js'
import { ErrorCode } from '../../protocol/errors.js'
import { IncrementalAlterConfigs } from '../../protocol/messages/incremental-alter-configs.js'
import { REPEATED, refuseChanges, repeatedResources } from '../config-requests.js'
import { handle } from '../handler.js'
import { alterLoggers } from '../loggers.js'

/** Changes single configs; each resource whole or not at all (KIP-339). */
export const incrementalAlterConfigs = handle(
  IncrementalAlterConfigs,
  '0-1',
  async (request, { broker, connection }) => {
    const { resources, validateOnly } = request
    const repeated = repeatedResources(resources)
    const responses = resources.map(async (asked) => {
      const { resourceType, resourceName } = asked
      const resource = { type: resourceType, name: resourceName }
      const changes = asked.configs.map(({ name, configOperation, value }) => ({
        name,
        operation: configOperation,
        value,
      }))
      const refused =
        (repeated.has(asked) ? REPEATED : refuseChanges({ broker, connection }, resource, changes)) ??
        (resourceType === ResourceType.BROKER_LOGGER
          ? alterLoggers(broker.log, changes, validateOnly)
          : await broker.controller.alterConfigs(resource, changes, validateOnly))
      return { errorCode: ErrorCode.NONE, errorMessage: null, ...refused, resourceType, resourceName }
    })
    return { responses: await Promise.all(responses) }
  },
)
