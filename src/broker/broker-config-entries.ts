import { brokerConfigs } from '../protocol/configs/broker.js'
import { inHashOrder } from '../protocol/configs/hash-order.js'
import { type BrokerConfig, definitionOf } from './broker-config.js'
import {
  CONFIG_TYPE,
  type ConfigEntry,
  ConfigSource,
  type ConfigSynonym,
  UNKNOWN_CONFIG_TYPE,
} from './config-source.js'

/** Every config of a broker, in Kafka's order: those it was started with and does not know are among them, as secrets. */
export function brokerConfigEntries(config: BrokerConfig): ConfigEntry[] {
  const { ofBroker, ofAllBrokers } = config.dynamic
  const known = [...brokerConfigs.values()].filter((definition) => !definition.internal).map(({ name }) => name)
  const given = new Set([...ofBroker.keys(), ...ofAllBrokers.keys(), ...config.started.keys()])
  const unknown = [...given].filter((name) => !brokerConfigs.has(name))
  const ordered = [...unknown, ...inHashOrder(known.map((name) => ({ name }))).map(({ name }) => name)]
  return ordered.map((name) => brokerConfigEntry(config, name))
}

/** What was set for all brokers together. */
export function defaultBrokerConfigEntries(config: BrokerConfig): ConfigEntry[] {
  const names = [...config.dynamic.ofAllBrokers.keys()].map((name) => ({ name }))
  return inHashOrder(names).map(({ name }) => {
    const entry = brokerConfigEntry(config, name)
    const synonyms = entry.synonyms.filter(({ source }) => source === ConfigSource.DYNAMIC_DEFAULT_BROKER)
    const value = entry.isSensitive ? null : (config.dynamic.ofAllBrokers.get(name) ?? null)
    return { ...entry, value, synonyms, configSource: synonyms[0]?.source ?? ConfigSource.DEFAULT }
  })
}

/**
 * Where a broker config comes from: the names that stand for the same, `name` first, each in all the places where it can be
 * set. Kafka leaves out what stands before the first that has this very name.
 */
export function brokerSynonyms(config: BrokerConfig, name: string, isSensitive: boolean): ConfigSynonym[] {
  const { ofBroker, ofAllBrokers } = config.dynamic
  const places: readonly [lookUp: (name: string) => string | null | undefined, source: number][] = [
    [(other) => ofBroker.get(other), ConfigSource.DYNAMIC_BROKER],
    [(other) => ofAllBrokers.get(other), ConfigSource.DYNAMIC_DEFAULT_BROKER],
    [(other) => config.started.get(other), ConfigSource.STATIC_BROKER],
    [(other) => brokerConfigs.get(other)?.defaultText, ConfigSource.DEFAULT],
  ]
  const all = places.flatMap(([lookUp, source]) =>
    sameMeaning(name).flatMap((other) => {
      const value = lookUp(other)
      return value === null || value === undefined ? [] : [{ name: other, value: isSensitive ? null : value, source }]
    }),
  )
  const first = all.findIndex((synonym) => synonym.name === name)
  return first < 0 ? [] : all.slice(first)
}

function brokerConfigEntry(config: BrokerConfig, name: string): ConfigEntry {
  const definition = definitionOf(name)
  const isSensitive = definition === null || definition.type === 'PASSWORD'
  const synonyms = brokerSynonyms(config, name, isSensitive)
  return {
    name,
    value: isSensitive ? null : config.shownText(name),
    readOnly: definition === null || definition.update === 'read-only',
    configSource: synonyms[0]?.source ?? ConfigSource.DEFAULT,
    isSensitive,
    synonyms,
    configType: definition === null ? UNKNOWN_CONFIG_TYPE : CONFIG_TYPE[definition.type],
  }
}

const SAME_MEANING: readonly (readonly string[])[] = [
  ['log.roll.ms', 'log.roll.hours'],
  ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
  ['log.flush.interval.ms', 'log.flush.scheduler.interval.ms'],
  ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
]

function sameMeaning(name: string): readonly string[] {
  const units = SAME_MEANING.find((names) => names.includes(name) && name !== 'log.flush.scheduler.interval.ms')
  if (units !== undefined) return units
  const ofListener = /^listener\.name\.[^.]*\.(.*)$/.exec(name)
  return ofListener === null ? [name] : [name, ofListener[1]!]
}
