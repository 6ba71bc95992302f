import type { ConfigType } from '../protocol/configs/definition.js'

/** Where a value comes from, by Kafka's numbers. */
export const ConfigSource = {
  TOPIC: 1,
  DYNAMIC_BROKER: 2,
  DYNAMIC_DEFAULT_BROKER: 3,
  STATIC_BROKER: 4,
  DEFAULT: 5,
  BROKER_LOGGER: 6,
  CLIENT_METRICS: 7,
  GROUP: 8,
} as const

/** Types of configs by Kafka's numbers; 0 is one that is not known. */
export const CONFIG_TYPE: Readonly<Record<ConfigType, number>> = {
  BOOLEAN: 1,
  STRING: 2,
  INT: 3,
  SHORT: 4,
  LONG: 5,
  DOUBLE: 6,
  LIST: 7,
  CLASS: 8,
  PASSWORD: 9,
}
export const UNKNOWN_CONFIG_TYPE = 0

/** A config as it is described: the value that holds, where it comes from, and everything that stands behind it. */
export interface ConfigEntry {
  readonly name: string
  /** Null where there is none, or where it is a secret. */
  readonly value: string | null
  readonly readOnly: boolean
  readonly configSource: number
  readonly isSensitive: boolean
  readonly synonyms: readonly ConfigSynonym[]
  readonly configType: number
}

export interface ConfigSynonym {
  readonly name: string
  readonly value: string | null
  readonly source: number
}
