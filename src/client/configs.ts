import { DescribeConfigs } from '../protocol/messages/describe-configs.js'
import { IncrementalAlterConfigs } from '../protocol/messages/incremental-alter-configs.js'
import { ListConfigResources } from '../protocol/messages/list-config-resources.js'
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
  /** Where the value comes from and what it would be without that, most specific first; empty unless asked for. */
  readonly synonyms: readonly ConfigSynonym[]
}

export interface ConfigSynonym {
  readonly name: string
  readonly value: string | null
  readonly source: number
}

export interface DescribeOptions {
  readonly includeSynonyms?: boolean
}

/**
 * Effective configs by resource name, entries in the order of the broker's answer.
 * @throws KafkaError for the first resource that cannot be described.
 */
export async function describeConfigs(
  client: ClusterClient,
  type: ResourceType,
  names: readonly string[],
  { includeSynonyms = false }: DescribeOptions = {},
): Promise<Map<string, ConfigEntry[]>> {
  if (names.length === 0) return new Map()
  return await client.run('describeConfigs', targetOf(client, type, names[0]!), async ({ connection, timeoutMs }) => {
    const resources = names.map((resourceName) => ({ resourceType: type, resourceName, configurationKeys: null }))
    const response = await connection.call(DescribeConfigs, { resources, includeSynonyms }, { timeoutMs })
    return new Map(
      response.results.map((result) => {
        throwIfError(result.errorCode, result.errorMessage)
        return [
          result.resourceName,
          result.configs.map(({ name, value, configSource, isSensitive, readOnly, synonyms }) => ({
            name,
            value,
            source: configSource,
            isSensitive,
            isReadOnly: readOnly,
            synonyms,
          })),
        ]
      }),
    )
  })
}

/** What is to become of one resource's settings. */
export interface ConfigChanges {
  readonly set: ReadonlyMap<string, string>
  readonly remove: readonly string[]
}

const SET = 0
const REMOVE = 1

/** @throws KafkaError with the broker's own words when it does not take the changes. */
export async function alterConfigs(
  client: ClusterClient,
  type: ResourceType,
  name: string,
  { set, remove }: ConfigChanges,
): Promise<void> {
  const configs = [
    ...[...set].map(([key, value]) => ({ name: key, configOperation: SET, value })),
    ...remove.map((key) => ({ name: key, configOperation: REMOVE, value: '' })),
  ]
  await client.run('incrementalAlterConfigs', targetOf(client, type, name), async ({ connection, timeoutMs }) => {
    const resources = [{ resourceType: type, resourceName: name, configs }]
    const { responses } = await connection.call(
      IncrementalAlterConfigs,
      { resources, validateOnly: false },
      { timeoutMs },
    )
    for (const { errorCode, errorMessage } of responses) throwIfError(errorCode, errorMessage)
  })
}

/** Names of the resources of a type that have settings of their own. */
export async function listConfigResources(client: ClusterClient, type: ResourceType): Promise<string[]> {
  return await client.run('listConfigResources', 'any', async ({ connection, timeoutMs }) => {
    const response = await connection.call(ListConfigResources, { resourceTypes: [type] }, { timeoutMs })
    throwIfError(response.errorCode)
    return response.configResources
      .filter(({ resourceType }) => resourceType === type)
      .map(({ resourceName }) => resourceName)
  })
}

/** A broker knows its own settings only; the defaults of all brokers are known everywhere, and all to the controller. */
function targetOf(client: ClusterClient, type: ResourceType, name: string): Target {
  if (client.areControllers) return 'controller'
  const isOfOneBroker = type === ResourceType.BROKER || type === ResourceType.BROKER_LOGGER
  return isOfOneBroker && name !== '' ? { broker: Number(name) } : 'any'
}
