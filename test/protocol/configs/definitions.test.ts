import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { brokerConfigs } from '../../../src/protocol/configs/broker.js'
import { clientMetricsConfigs } from '../../../src/protocol/configs/client-metrics.js'
import type { ConfigDefinition } from '../../../src/protocol/configs/definition.js'
import { groupConfigs } from '../../../src/protocol/configs/group.js'
import {
  clientQuotaDefinitions,
  ipQuotaDefinitions,
  replicationQuotaDefinitions,
} from '../../../src/protocol/configs/quota.js'
import { topicConfigs } from '../../../src/protocol/configs/topic.js'

interface Recorded {
  readonly name: string
  readonly type: string
  readonly default?: unknown
  readonly required?: boolean
  readonly valid?: string
  readonly importance: string
  readonly update?: string
  readonly internal?: boolean
  readonly brokerSynonyms?: string[]
  readonly brokerSynonym?: string
}

const recorded = (file: string): Record<string, Recorded[]> => {
  const text = readFileSync(join(import.meta.dirname, '../../golden/protocol', file), 'utf8')
  // The largest long is no JavaScript number.
  return JSON.parse(text.replaceAll('9223372036854775807', '"9223372036854775807"'))
}

const byName = (configs: Iterable<ConfigDefinition>): Map<string, ConfigDefinition> =>
  new Map([...configs].map((config) => [config.name, config]))

const shape = (config: ConfigDefinition) => ({
  name: config.name,
  type: config.type,
  default: config.defaultText,
  required: config.required,
  valid: config.validator?.text,
  importance: config.importance,
  update: config.update,
  internal: config.internal,
  synonyms: config.synonyms,
})

const shapeOfRecorded = (config: Recorded, unlisted: string) => ({
  name: config.name,
  type: config.type,
  default: asText(config.default, config.type),
  required: config.required ?? false,
  valid: config.valid,
  importance: config.importance,
  update: config.update ?? unlisted,
  internal: config.internal ?? false,
  synonyms: config.brokerSynonyms ?? (config.brokerSynonym === undefined ? [] : [config.brokerSynonym]),
})

function asText(value: unknown, type: string): string | null {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return value.join(',')
  if (type === 'DOUBLE' && Number.isInteger(value) && Number(value) < 1e7) return `${value}.0`
  return value === 2147483647 && type === 'DOUBLE' ? '2.147483647E9' : String(value).replace('e+', 'E')
}

describe('config definitions are those of Apache Kafka 4.3.1', () => {
  test.each([
    ['broker-configs.json', 'configs', brokerConfigs.values(), 360],
    ['topic-configs.json', 'configs', topicConfigs.values(), 34],
    ['group-configs.json', 'configs', groupConfigs.values(), 17],
    ['client-metrics-configs.json', 'configs', clientMetricsConfigs.values(), 3],
    // These can be set while the broker runs, and only then.
    ['quota-configs.json', 'broker', replicationQuotaDefinitions, 3, 'cluster-wide'],
    ['quota-configs.json', 'userAndClient', clientQuotaDefinitions, 4],
    ['quota-configs.json', 'ip', ipQuotaDefinitions, 1],
  ] as const)('%s, %s', (file, key, configs, count, unlisted: string = 'read-only') => {
    const ours = byName(configs)
    expect(ours.size).toBe(count)
    for (const config of recorded(file)[key]!)
      expect(shape(ours.get(config.name)!)).toEqual(shapeOfRecorded(config, unlisted))
    expect([...ours.keys()].sort()).toEqual(
      recorded(file)
        [key]!.map((config) => config.name)
        .sort(),
    )
  })
})
