import { type Refusal, refusal } from '../../cluster/decision.js'
import { ResourceType } from '../../cluster/resource-type.js'
import { ErrorCode } from '../../protocol/errors.js'
import { DescribeConfigs } from '../../protocol/messages/describe-configs.js'
import type { ReadRequest } from '../../protocol/schema.js'
import { topicNameProblem } from '../../protocol/topic-name.js'
import { brokerConfigEntries, defaultBrokerConfigEntries } from '../broker-config-entries.js'
import { clientMetricsConfigEntries, groupConfigEntries, topicConfigEntries } from '../config-entries.js'
import type { ConfigEntry } from '../config-source.js'
import { handle, type RequestContext } from '../handler.js'
import { loggerEntries } from '../loggers.js'
import { withinBound } from '../within-bound.js'

type Asked = ReadRequest<typeof DescribeConfigs>['resources'][number]

/** Every config of a resource, or those that are named, with where they come from. */
export const describeConfigs = handle(DescribeConfigs, '1-4', async (request, context) => {
  const told = (asked: Asked) => {
    const { resourceType, resourceName, configurationKeys: keys } = asked
    const described = describe(asked, context)
    if ('errorCode' in described) return { ...described, resourceType, resourceName, configs: [] }
    const asksAll = keys === null || keys.length === 0
    const names = new Set(keys)
    const isAsked = ({ name }: ConfigEntry): boolean => asksAll || names.has(name)
    const configs = described
      .filter(isAsked)
      .map((entry) => ({ ...entry, synonyms: request.includeSynonyms ? entry.synonyms : [], documentation: null }))
    return { errorCode: ErrorCode.NONE, errorMessage: '', resourceType, resourceName, configs }
  }
  const results = await withinBound(context.turns, request.resources, told, ({ configs }) => configs.length)
  return results === null ? 'close' : { results }
})

function describe({ resourceType, resourceName }: Asked, { broker }: RequestContext): ConfigEntry[] | Refusal {
  const { config, nodeId } = broker
  const { image } = broker.metadata
  const invalid = (message: string): Refusal => refusal(ErrorCode.INVALID_REQUEST, message)
  switch (resourceType) {
    case ResourceType.TOPIC: {
      const problem = topicNameProblem(resourceName)
      if (problem !== null) return refusal(ErrorCode.INVALID_TOPIC_EXCEPTION, problem)
      if (image.topic(resourceName) === null) return refusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, '')
      return topicConfigEntries(image, config, resourceName)
    }
    case ResourceType.BROKER: {
      if (resourceName === '') return defaultBrokerConfigEntries(config)
      const id = brokerId(resourceName)
      if (id === null) return invalid(`Broker id must be an integer, but it is: ${resourceName}`)
      if (id === nodeId) return brokerConfigEntries(config)
      return invalid(`Unexpected broker id, expected ${nodeId} or empty string, but received ${resourceName}`)
    }
    case ResourceType.BROKER_LOGGER: {
      if (resourceName === '') return invalid('Broker id must not be empty')
      const id = brokerId(resourceName)
      if (id === null) return invalid(`Broker id must be an integer, but it is: ${resourceName}`)
      if (id === nodeId) return loggerEntries(broker.log)
      return invalid(`Unexpected broker id, expected ${nodeId} but received ${resourceName}`)
    }
    case ResourceType.CLIENT_METRICS:
      if (resourceName === '') return invalid('Client metrics subscription name must not be empty')
      return clientMetricsConfigEntries(image, config, resourceName)
    case ResourceType.GROUP:
      if (resourceName === '') return invalid('Group name must not be empty')
      return groupConfigEntries(image, config, resourceName)
    default:
      return refusal(ErrorCode.INVALID_REQUEST)
  }
}

function brokerId(name: string): number | null {
  return /^[+-]?\d{1,10}$/.test(name) ? Number(name) : null
}
