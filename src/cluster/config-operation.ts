import { brokerConfigs } from '../protocol/configs/broker.js'
import type { ConfigDefinition } from '../protocol/configs/definition.js'
import { topicConfigs } from '../protocol/configs/topic.js'
import { ResourceType } from './resource-type.js'

/** What IncrementalAlterConfigs does with a value, by Kafka's numbers. */
export const ConfigOperation = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const

/** Whether entries can be added to the config and taken from it. Kafka knows of the lists of topics and brokers only. */
export function isListConfig(type: ResourceType, name: string): boolean {
  return definition(type, name)?.type === 'LIST'
}

/** What a list that nobody has set starts from. */
export function listDefault(type: ResourceType, name: string): string {
  return definition(type, name)?.defaultText ?? ''
}

function definition(type: ResourceType, name: string): ConfigDefinition | undefined {
  return DEFINITIONS.get(type)?.get(name)
}

const DEFINITIONS: ReadonlyMap<ResourceType, ReadonlyMap<string, ConfigDefinition>> = new Map([
  [ResourceType.TOPIC, topicConfigs],
  [ResourceType.BROKER, brokerConfigs],
])
