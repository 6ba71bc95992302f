import { DescribeConfigs } from '../protocol/messages/describe-configs.js'
import type { ClusterClient, Target } from './cluster-client.js'
import { throwIfError } from './kafka-error.js'

export const ResourceType = { TOPIC: 2, BROKER: 4, BROKER_LOGGER: 8, CLIENT_METRICS: 16, GROUP: 32 } as const
export type ResourceType = (typeof ResourceType)[keyof typeof ResourceType]

/** Where a value comes from. */
export const ConfigSource = {
  UNKNOWN: -1,
  DYNAMIC_TOPIC_CONFIG: 1,
  DYNAMIC_BROKER_CONFIG: 2,
  DYNAMIC_DEFAULT_BROKER_CONFIG: 3,
  STATIC_BROKER_CONFIG: 4,
  DEFAULT_CONFIG: 5,
  DYNAMIC_BROKER_LOGGER_CONFIG: 6,
  DYNAMIC_CLIENT_METRICS_CONFIG: 7,
  DYNAMIC_GROUP_CONFIG: 8,
} as const

export interface ConfigEntry {
  readonly name: string
  /** Null for a sensitive value, and for one that is not set. */
  readonly value: string | null
  readonly source: number
  readonly isSensitive: boolean
  readonly isReadOnly: boolean
}

/**
 * Effective configs by resource name, entries in the order of the broker's answer.
 * @throws KafkaError for the first resource that cannot be described.
 */
export async function describeConfigs(
  client: ClusterClient,
  type: ResourceType,
  names: readonly string[],
): Promise<Map<string, ConfigEntry[]>> {
  if (names.length === 0) return new Map()
  const isOfOneBroker = type === ResourceType.BROKER || type === ResourceType.BROKER_LOGGER
  const target: Target = isOfOneBroker && names[0] !== '' ? { broker: Number(names[0]) } : 'any'
  return await client.run('describeConfigs', target, async ({ connection, timeoutMs }) => {
    const resources = names.map((resourceName) => ({ resourceType: type, resourceName, configurationKeys: null }))
    const response = await connection.call(DescribeConfigs, { resources }, { timeoutMs })
    return new Map(
      response.results.map((result) => {
        throwIfError(result.errorCode, result.errorMessage)
        return [
          result.resourceName,
          result.configs.map(({ name, value, configSource, isSensitive, readOnly }) => ({
            name,
            value,
            source: configSource,
            isSensitive,
            isReadOnly: readOnly,
          })),
        ]
      }),
    )
  })
}
