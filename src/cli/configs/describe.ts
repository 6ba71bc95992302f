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
import { topicNameProblem } from '../../protocol/topic-name.js'
import { readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import type { RowIn } from '../data/shape.js'
import { didYouMean } from '../did-you-mean.js'
import { inHashOrder } from '../java-hash-order.js'
import { note, type ToolIo } from '../tool.js'
import { CONFIGS, configRow, QUOTAS } from './data.js'
import { type Entity, singular } from './entities.js'
import type { ConfigsOptions, Selection } from './options.js'
import { describeQuotasAndScram, quotaRows } from './quotas.js'
import { Refusal } from './refusal.js'

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
  const format = readFormat(options.text('output'))
  if (!isResource(type!)) {
    if (format === null) return await describeQuotasAndScram(client, selection, io)
    return await printData(io, format, QUOTAS, await quotaRows(client, selection, io))
  }
  const [name] = selection.names
  const showsAll = options.has('all')
  const isBroker = type === 'brokers' || type === 'broker-loggers'
  const oddName = type === 'topics' && name !== undefined ? topicNameProblem(name) : null
  if (oddName !== null && !showsAll) throw new Refusal(oddName)
  const isDefault = isBroker && name === ''
  const known = name === undefined || isDefault || showsAll ? null : await existing(client, type)
  if (name !== undefined && known !== null && !known.includes(name)) {
    const meant = didYouMean(name, known)
    const missing = `The ${singular(type)} '${name}' doesn't exist and doesn't have dynamic config.`
    if (format !== null) throw new Refusal(missing)
    io.stdout.line(missing)
    if (meant !== null) note(io, meant)
    return
  }
  const names = name === undefined ? [...(await existing(client, type)), ...(isBroker ? [''] : [])] : [name]
  if (format !== null) {
    const rows = await Promise.all(names.map((each) => configRows(client, type, each, showsAll)))
    return await printData(io, format, CONFIGS, rows.flat())
  }
  for (const each of names) {
    const first = showsAll ? 'All' : 'Dynamic'
    io.stdout.line(
      each === '' && isBroker
        ? `Default configs for ${type} in the cluster are:`
        : `${first} configs for ${singular(type)} ${each} are:`,
    )
    if (oddName !== null) throw new Refusal(oddName)
    for (const entry of await configEntries(client, type, each, showsAll)) io.stdout.line(entryText(entry))
  }
}

async function configRows(
  client: ClusterClient,
  type: ResourceEntity,
  name: string,
  showsAll: boolean,
): Promise<RowIn<typeof CONFIGS>[]> {
  const entries = await configEntries(client, type, name, showsAll)
  return entries.map((entry) => configRow(type, name, entry, sourceName))
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
  const origins = synonyms.map((synonym) => `${sourceName(synonym.source)}:${synonym.name}=${synonym.value}`)
  return `  ${name}=${value} sensitive=${isSensitive} synonyms={${origins.join(', ')}}`
}

function sourceName(source: number): string {
  return SOURCE_NAMES.get(source) ?? 'UNKNOWN'
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
