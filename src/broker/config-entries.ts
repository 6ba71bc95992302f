import type { DescribeConfigs } from '../cluster/create-topics.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import { ResourceType } from '../cluster/resource-type.js'
import { clientMetricsConfigs } from '../protocol/configs/client-metrics.js'
import type { ConfigDefinition } from '../protocol/configs/definition.js'
import { groupConfigs } from '../protocol/configs/group.js'
import { inHashOrder } from '../protocol/configs/hash-order.js'
import { parseConfig } from '../protocol/configs/parse.js'
import { topicConfigs } from '../protocol/configs/topic.js'
import type { BrokerConfig } from './broker-config.js'
import { brokerSynonyms } from './broker-config-entries.js'
import { CONFIG_TYPE, type ConfigEntry, ConfigSource, type ConfigSynonym } from './config-source.js'
import { brokerTopicDefaults } from './topic-config.js'

/** Every config of a topic, in Kafka's order. */
export function topicConfigEntries(image: MetadataImage, config: BrokerConfig, topic: string): ConfigEntry[] {
  const own = image.configs(ResourceType.TOPIC, topic)
  const defaults = brokerTopicDefaults(config)
  return entries(topicConfigs, own, ConfigSource.TOPIC, config, (name) => defaults.get(name) ?? null)
}

/** Every config of a group, in Kafka's order. */
export function groupConfigEntries(image: MetadataImage, config: BrokerConfig, group: string): ConfigEntry[] {
  const own = image.configs(ResourceType.GROUP, group)
  return entries(groupConfigs, own, ConfigSource.GROUP, config, (name) => {
    const { synonyms, defaultText } = groupConfigs.get(name)!
    return synonyms[0] === undefined ? defaultText : config.shownText(synonyms[0])
  })
}

/** Every config of a subscription to client metrics, in Kafka's order. */
export function clientMetricsConfigEntries(
  image: MetadataImage,
  config: BrokerConfig,
  subscription: string,
): ConfigEntry[] {
  const own = image.configs(ResourceType.CLIENT_METRICS, subscription)
  const defaultOf = (name: string): string | null => clientMetricsConfigs.get(name)?.defaultText ?? null
  return entries(clientMetricsConfigs, own, ConfigSource.CLIENT_METRICS, config, defaultOf)
}

/** The configs of a topic as they are told to whoever created it: by name, and without what stands behind them. */
export function describeCreatedTopic(config: BrokerConfig): DescribeConfigs {
  const defaults = brokerTopicDefaults(config)
  return (own) =>
    [...topicConfigs.values()]
      .filter(({ name, internal }) => !internal || own.has(name))
      .map(({ name, synonyms }) => ({
        name,
        value: own.get(name) ?? defaults.get(name) ?? null,
        readOnly: false,
        configSource: own.has(name) ? ConfigSource.TOPIC : sourceOf(config, synonyms),
        isSensitive: false,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function entries(
  definitions: ReadonlyMap<string, ConfigDefinition>,
  own: ReadonlyMap<string, string>,
  ownSource: number,
  config: BrokerConfig,
  defaultOf: (name: string) => string | null,
): ConfigEntry[] {
  const all = [...definitions.values()]
  const hidden = all.filter(({ name, internal }) => internal && own.has(name))
  const visible = inHashOrder(all.filter(({ internal }) => !internal))
  return [...hidden, ...visible].map((definition) => {
    const { name, type } = definition
    const text = own.get(name)
    const value = text === undefined ? defaultOf(name) : shown(definition, text)
    const behind = synonymsBehind(definition, config)
    const synonyms: ConfigSynonym[] = text === undefined ? behind : [{ name, value, source: ownSource }, ...behind]
    return {
      name,
      value,
      readOnly: false,
      configSource: synonyms[0]?.source ?? ConfigSource.DEFAULT,
      isSensitive: false,
      synonyms,
      configType: CONFIG_TYPE[type],
    }
  })
}

/** A group config that no broker config stands behind has its own default for a synonym. */
function synonymsBehind({ name, synonyms, defaultText }: ConfigDefinition, config: BrokerConfig): ConfigSynonym[] {
  if (synonyms[0] !== undefined) return brokerSynonyms(config, synonyms[0], false)
  return groupConfigs.has(name) ? [{ name, value: defaultText, source: ConfigSource.DEFAULT }] : []
}

function shown(definition: ConfigDefinition, text: string): string {
  const parsed = parseConfig(definition, text)
  return parsed.ok ? parsed.text : text
}

/** Unlike descriptions, this counts every name that stands for the config. */
function sourceOf(config: BrokerConfig, names: readonly string[]): number {
  const { ofBroker, ofAllBrokers } = config.dynamic
  if (names.some((name) => ofBroker.has(name))) return ConfigSource.DYNAMIC_BROKER
  if (names.some((name) => ofAllBrokers.has(name))) return ConfigSource.DYNAMIC_DEFAULT_BROKER
  return names.some((name) => config.started.has(name)) ? ConfigSource.STATIC_BROKER : ConfigSource.DEFAULT
}
