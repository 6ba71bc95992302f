import type { Validator } from './validator.js'

export type ConfigType = 'BOOLEAN' | 'STRING' | 'INT' | 'SHORT' | 'LONG' | 'DOUBLE' | 'LIST' | 'CLASS' | 'PASSWORD'
export type ConfigImportance = 'HIGH' | 'MEDIUM' | 'LOW'
/** Who may change a broker config while the broker runs: nobody, one broker for itself, or also the whole cluster. */
export type ConfigUpdate = 'read-only' | 'per-broker' | 'cluster-wide'

/** One config of Kafka's, under Kafka's name. */
export interface ConfigDefinition {
  readonly name: string
  readonly type: ConfigType
  /** As text, the way Kafka prints it; null where nothing is the default. */
  readonly defaultText: string | null
  /** Has no default and must be given. */
  readonly required: boolean
  readonly validator: Validator | null
  readonly importance: ConfigImportance
  readonly update: ConfigUpdate
  /** Known and obeyed, but never shown. */
  readonly internal: boolean
  /** Names of broker configs that supply the default, the first that is set wins. */
  readonly synonyms: readonly string[]
}

type Trait = Validator | Exclude<ConfigUpdate, 'read-only'> | 'internal' | { readonly synonyms: readonly string[] }
type Default = string | number | boolean | null

/** The largest Java long, as the text of a default. */
export const LONG_MAX = '9223372036854775807'
export const INT_MAX = 2147483647
/** In place of a default: the config has to be given. */
export const REQUIRED = Symbol('required')

const definition =
  (type: ConfigType) =>
  (
    name: string,
    defaultValue: Default | typeof REQUIRED,
    importance: ConfigImportance,
    ...traits: Trait[]
  ): ConfigDefinition => ({
    name,
    type,
    defaultText: defaultValue === REQUIRED || defaultValue === null ? null : String(defaultValue),
    required: defaultValue === REQUIRED,
    validator: traits.find((trait): trait is Validator => typeof trait === 'object' && 'check' in trait) ?? null,
    importance,
    update: traits.find((trait) => trait === 'per-broker' || trait === 'cluster-wide') ?? 'read-only',
    internal: traits.includes('internal'),
    synonyms: traits.flatMap((trait) => (typeof trait === 'object' && 'synonyms' in trait ? trait.synonyms : [])),
  })

export const boolean = definition('BOOLEAN')
export const string = definition('STRING')
export const int = definition('INT')
export const short = definition('SHORT')
export const long = definition('LONG')
export const double = definition('DOUBLE')
export const list = definition('LIST')
export const javaClass = definition('CLASS')
export const password = definition('PASSWORD')

/** Broker configs that stand behind a topic or group config, in order of precedence. */
export const synonyms = (...names: string[]): Trait => ({ synonyms: names })
