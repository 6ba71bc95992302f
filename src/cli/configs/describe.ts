import { describeCluster } from '../../client/cluster.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import {
  type ConfigEntry,
  ConfigSource,
  describeConfigs,
  listConfigResources,
  ResourceType,
} from '../../client/configs.js'
import { listGroups } from '../../client/groups.js'
import { listTopics } from '../../client/topics.js'
import { inHashOrder } from '../java-hash-order.js'
import type { ToolIo } from '../tool.js'
import { type Entity, singular } from './entities.js'
import type { ConfigsOptions, Selection } from './options.js'
import { describeQuotasAndScram } from './quotas.js'

/** Types whose settings are configs of a resource; the others have quotas. */
export const RESOURCES = {
  topics: { type: ResourceType.TOPIC, source: ConfigSource.DYNAMIC_TOPIC_CONFIG },
  brokers: { type: ResourceType.BROKER, source: ConfigSource.DYNAMIC_BROKER_CONFIG },
  'broker-loggers': { type: ResourceType.BROKER_LOGGER, source: ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG },
  groups: { type: ResourceType.GROUP, source: ConfigSource.DYNAMIC_GROUP_CONFIG },
  'client-metrics': { type: ResourceType.CLIENT_METRICS, source: ConfigSource.DYNAMIC_CLIENT_METRICS_CONFIG },
} as const satisfies Partial<Record<Entity, { type: ResourceType; source: number }>>
export type ResourceEntity = keyof typeof RESOURCES

export function isResource(type: Entity): type is ResourceEntity {
  return type in RESOURCES
}

const ALL_GROUPS = { states: [], types: [], protocolTypes: [] }
const SOURCE_NAMES = new Map<number, string>(Object.entries(ConfigSource).map(([name, source]) => [source, name]))

export async function describe(
  client: ClusterClient,
  selection: Selection,
  options: ConfigsOptions,
  io: ToolIo,
): Promise<void> {
  const [type] = selection.types
  if (!isResource(type!)) return await describeQuotasAndScram(client, selection, io)
  const [name] = selection.names
  const showsAll = options.has('all')
  if (name !== undefined && name !== '' && !showsAll && !(await existing(client, type)).includes(name)) {
    io.stdout.line(`The ${singular(type)} '${name}' doesn't exist and doesn't have dynamic config.`)
    return
  }
  const isBroker = type === 'brokers' || type === 'broker-loggers'
  const names = name === undefined ? [...(await existing(client, type)), ...(isBroker ? [''] : [])] : [name]
  for (const each of names) {
    const first = showsAll ? 'All' : 'Dynamic'
    io.stdout.line(
      each === '' && isBroker
        ? `Default configs for ${type} in the cluster are:`
        : `${first} configs for ${singular(type)} ${each} are:`,
    )
    for (const entry of await configEntries(client, type, each, showsAll)) io.stdout.line(entryText(entry))
  }
}

/** What is set for this resource itself, or all that it goes by; by name. */
export async function configEntries(
  client: ClusterClient,
  type: ResourceEntity,
  name: string,
  showsAll: boolean,
): Promise<ConfigEntry[]> {
  const resource = RESOURCES[type]
  const described = await describeConfigs(client, resource.type, [name], { includeSynonyms: true })
  const isDefault = type === 'brokers' && name === ''
  const own = isDefault ? ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG : resource.source
  return (described.get(name) ?? [])
    .filter(({ source }) => showsAll || source === own)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

function entryText({ name, value, isSensitive, synonyms }: ConfigEntry): string {
  const origins = synonyms.map(
    (synonym) => `${SOURCE_NAMES.get(synonym.source) ?? 'UNKNOWN'}:${synonym.name}=${synonym.value}`,
  )
  return `  ${name}=${value} sensitive=${isSensitive} synonyms={${origins.join(', ')}}`
}

/** Names of the resources of a type that are there, or have settings without being there. */
async function existing(client: ClusterClient, type: ResourceEntity): Promise<string[]> {
  switch (type) {
    case 'topics':
      return inHashOrder((await listTopics(client)).map(({ name }) => name).sort())
    case 'brokers':
    case 'broker-loggers':
      return (await describeCluster(client)).brokers
        .map(({ id }) => id)
        .sort((a, b) => a - b)
        .map(String)
    case 'client-metrics':
      return await listConfigResources(client, ResourceType.CLIENT_METRICS)
    case 'groups': {
      const groups = await listGroups(client, ALL_GROUPS)
      return inHashOrder([...groups.map(({ id }) => id), ...(await listConfigResources(client, ResourceType.GROUP))])
    }
  }
}
