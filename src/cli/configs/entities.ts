import type { ConfigsOptions } from './options.js'

/** In Kafka's order: one of its messages lists them. */
export const ENTITY_TYPES = [
  'topics',
  'clients',
  'users',
  'brokers',
  'ips',
  'client-metrics',
  'groups',
  'broker-loggers',
] as const
export type Entity = (typeof ENTITY_TYPES)[number]

interface Shortcut {
  readonly option: Parameters<ConfigsOptions['has']>[0]
  readonly type: Entity
  readonly isDefault: boolean
}

const named = (option: Shortcut['option'], type: Entity): Shortcut => ({ option, type, isDefault: false })
const defaults = (option: Shortcut['option'], type: Entity): Shortcut => ({ option, type, isDefault: true })

/** In the order in which Kafka looks for them: the first is the one that it reports. */
export const SHORTCUTS: readonly Shortcut[] = [
  named('topic', 'topics'),
  named('client', 'clients'),
  named('user', 'users'),
  named('broker', 'brokers'),
  named('broker-logger', 'broker-loggers'),
  named('ip', 'ips'),
  named('group', 'groups'),
  named('client-metrics', 'client-metrics'),
  defaults('client-defaults', 'clients'),
  defaults('user-defaults', 'users'),
  defaults('broker-defaults', 'brokers'),
  defaults('ip-defaults', 'ips'),
]

export function isEntityType(text: string): text is Entity {
  return ENTITY_TYPES.some((type) => type === text)
}

/** Types and names as given, paired by position; the empty name stands for a default. */
export function entitiesOf(options: ConfigsOptions): { types: string[]; names: string[] } {
  const given = SHORTCUTS.filter(({ option }) => options.has(option))
  const longNames = [...options.texts('entity-name')]
  const names = options.order
    .filter((name) => name === 'entity-name' || name === 'entity-default')
    .map((name) => (name === 'entity-name' ? longNames.shift()! : ''))
  return {
    types: [...options.texts('entity-type'), ...given.map(({ type }) => type)],
    names: [...names, ...given.map(({ option, isDefault }) => (isDefault ? '' : options.text(option)!))],
  }
}

/** `topics` is `topic`, `client-metrics` is `client-metric`. */
export function singular(type: Entity): string {
  return type.slice(0, -1)
}
