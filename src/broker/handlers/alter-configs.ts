import { ErrorCode } from '../../protocol/errors.js'
import { AlterConfigs } from '../../protocol/messages/alter-configs.js'
import { REPEATED, refuseReplacement, repeatedResources } from '../config-requests.js'
import { handle } from '../handler.js'

/** Makes what is named all that is set for a resource; older clients know nothing else. */
export const alterConfigs = handle(AlterConfigs, '0-2', async (request, { broker, connection }) => {
  const { resources, validateOnly } = request
  const repeated = repeatedResources(resources)
  const responses = resources.map(async (asked) => {
    const { resourceType, resourceName, configs } = asked
    const resource = { type: resourceType, name: resourceName }
    const refused =
      (repeated.has(asked) ? REPEATED : refuseReplacement({ broker, connection }, resource, configs)) ??
      (await broker.controller.replaceConfigs(
        resource,
        new Map(configs.map(({ name, value }) => [name, value ?? ''])),
        validateOnly,
      ))
    return { errorCode: ErrorCode.NONE, errorMessage: null, ...refused, resourceType, resourceName }
  })
  return { responses: await Promise.all(responses) }
})
