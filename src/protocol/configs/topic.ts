import type { ConfigDefinition } from './definition.js'
import { type ConfigValue, defaultValue, parseConfig } from './parse.js'
import { type ConfigProblem, invalidConfig } from './problem.js'
import { topicDefinitions } from './topic-definitions.js'

/** Every topic config by name. */
export const topicConfigs: ReadonlyMap<string, ConfigDefinition> = new Map(
  topicDefinitions.map((definition) => [definition.name, definition]),
)

/** What a client can check by itself: names, types, ranges, and configs that contradict each other. */
export function checkTopicConfigs(configs: ReadonlyMap<string, string>): ConfigProblem | null {
  const parsed = parseTopicConfigs(configs, new Map())
  return parsed instanceof Map ? checkCompactionLag(parsed) : parsed
}

/**
 * What a broker checks when a topic gets these configs: as `checkTopicConfigs` with the broker's own values behind them,
 * and no tiered storage, which klog does not have. `existing` are the configs that the topic has now.
 */
export function checkTopicConfigsOnBroker(
  configs: ReadonlyMap<string, string>,
  existing: ReadonlyMap<string, string>,
  brokerValues: ReadonlyMap<string, string>,
): ConfigProblem | null {
  const parsed = parseTopicConfigs(configs, brokerValues)
  if (!(parsed instanceof Map)) return parsed
  return checkCompactionLag(parsed) ?? checkTieredStorage(parsed, existing)
}

function parseTopicConfigs(
  configs: ReadonlyMap<string, string>,
  behind: ReadonlyMap<string, string>,
): Map<string, ConfigValue> | ConfigProblem {
  for (const name of configs.keys()) {
    if (!topicConfigs.has(name)) return invalidConfig(`Unknown topic config name: ${name}`)
  }
  const values = new Map<string, ConfigValue>()
  for (const definition of topicDefinitions) {
    const text = configs.get(definition.name) ?? behind.get(definition.name)
    if (text === undefined) {
      const value = defaultValue(definition)
      if (value !== null) values.set(definition.name, value)
      continue
    }
    const parsed = parseConfig(definition, text)
    if (!parsed.ok) return invalidConfig(parsed.message)
    values.set(definition.name, parsed.value)
  }
  return values
}

function checkCompactionLag(values: ReadonlyMap<string, ConfigValue>): ConfigProblem | null {
  const [min, max] = [Number(values.get('min.compaction.lag.ms')), Number(values.get('max.compaction.lag.ms'))]
  if (min <= max) return null
  return invalidConfig(`conflict topic config setting min.compaction.lag.ms (${min}) > max.compaction.lag.ms (${max})`)
}

function checkTieredStorage(
  values: ReadonlyMap<string, ConfigValue>,
  existing: ReadonlyMap<string, string>,
): ConfigProblem | null {
  const isTiered = values.get('remote.storage.enable') === true
  if (isTiered)
    return invalidConfig(
      'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.',
    )
  const wasTiered = existing.get('remote.storage.enable')?.trim().toLowerCase() === 'true'
  if (!wasTiered || values.get('remote.log.delete.on.disable') === true) return null
  return invalidConfig(
    'It is invalid to disable remote storage without deleting remote data. If you want to keep the remote data and turn ' +
      'to read only, please set `remote.storage.enable=true,remote.log.copy.disable=true`. If you want to disable remote ' +
      'storage and delete all remote data, please set `remote.storage.enable=false,remote.log.delete.on.disable=true`.',
  )
}
