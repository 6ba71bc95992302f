import type { MetadataImage } from '../../cluster/metadata-image.js'
import { ResourceType } from '../../cluster/resource-type.js'
import { ErrorCode } from '../../protocol/errors.js'
import { ListConfigResources } from '../../protocol/messages/list-config-resources.js'
import { handle } from '../handler.js'

const LISTED: readonly number[] = [
  ResourceType.TOPIC,
  ResourceType.BROKER,
  ResourceType.BROKER_LOGGER,
  ResourceType.CLIENT_METRICS,
  ResourceType.GROUP,
]

/** What has configs, or can have them: all topics and brokers, and the groups and subscriptions for which something is set. */
export const listConfigResources = handle(ListConfigResources, '0-1', (request, context) => {
  const asked = context.clientKnows('configResourceTypes') ? request.resourceTypes : [ResourceType.CLIENT_METRICS]
  const types = asked.length === 0 ? LISTED : asked
  if (types.some((type) => !LISTED.includes(type)))
    return { errorCode: ErrorCode.UNSUPPORTED_VERSION, configResources: [] }
  const { image } = context.broker.metadata
  const configResources = [...new Set(types)].flatMap((resourceType) =>
    namesOf(image, resourceType).map((resourceName) => ({ resourceName, resourceType })),
  )
  return { errorCode: ErrorCode.NONE, configResources }
})

function namesOf(image: MetadataImage, type: number): string[] {
  switch (type) {
    case ResourceType.TOPIC:
      return [...image.topics()].map(({ name }) => name)
    case ResourceType.BROKER:
    case ResourceType.BROKER_LOGGER:
      return [...image.brokers.values()].filter(({ fenced }) => !fenced).map(({ id }) => String(id))
    default:
      return image.configuredNames(type)
  }
}
