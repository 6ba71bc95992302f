import { OUTPUT_OPTION } from '../data/output-option.js'
import { type Options, optionSpecs } from '../kafka-options.js'
import { refuseTogether } from '../option-rules.js'
import { needsBootstrapFlag, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'
import { ENTITY_TYPES, type Entity, entitiesOf, isEntityType, SHORTCUTS } from './entities.js'
import { Refusal } from './refusal.js'

const shortcut = <Name extends string>(name: Name, value: string, about: string) =>
  ({ name, argument: 'required', value, about }) as const

export const CONFIGS_OPTIONS = optionSpecs([
  {
    name: 'bootstrap-server',
    argument: 'required',
    value: 'host:port,…',
    about: 'Brokers to contact first. Without it: the local broker, started if it does not run.',
  },
  {
    name: 'bootstrap-controller',
    argument: 'required',
    value: 'host:port,…',
    about: 'Controllers to contact instead, for what is kept as configs: of topics by name, brokers, groups.',
  },
  { name: 'command-config', argument: 'required', value: 'file', about: 'Properties file with client settings.' },
  { name: 'alter', about: 'Set and remove settings.' },
  { name: 'describe', about: 'Print settings.' },
  { name: 'all', about: 'Describe also what has its default or is set in the server’s properties file.' },
  {
    name: 'entity-type',
    argument: 'required',
    value: 'type',
    about:
      'topics, clients, users, brokers, ips, client-metrics, groups or broker-loggers; users and clients together.',
  },
  { name: 'entity-name', argument: 'required', value: 'name', about: 'Which one of that type.' },
  { name: 'entity-default', about: 'The default of that type: clients, users, brokers or ips.' },
  shortcut('topic', 'name', 'Short for --entity-type topics --entity-name.'),
  shortcut('client', 'id', 'Short for --entity-type clients --entity-name.'),
  shortcut('user', 'name', 'Short for --entity-type users --entity-name.'),
  shortcut('broker', 'id', 'Short for --entity-type brokers --entity-name.'),
  shortcut('broker-logger', 'id', 'Short for --entity-type broker-loggers --entity-name.'),
  shortcut('ip', 'address', 'Short for --entity-type ips --entity-name.'),
  shortcut('group', 'id', 'Short for --entity-type groups --entity-name.'),
  shortcut('client-metrics', 'name', 'Short for --entity-type client-metrics --entity-name.'),
  { name: 'client-defaults', about: 'Short for --entity-type clients --entity-default.' },
  { name: 'user-defaults', about: 'Short for --entity-type users --entity-default.' },
  { name: 'broker-defaults', about: 'Short for --entity-type brokers --entity-default.' },
  { name: 'ip-defaults', about: 'Short for --entity-type ips --entity-default.' },
  {
    name: 'add-config',
    argument: 'required',
    value: 'k1=v1,k2=[a,b]',
    about: 'Settings to set; brackets hold a value together that has commas in it.',
  },
  { name: 'add-config-file', argument: 'required', value: 'file', about: 'Properties file with settings to set.' },
  {
    name: 'delete-config',
    argument: 'required',
    value: 'k1,k2',
    about: 'Settings to remove, so that their defaults count again.',
  },
  { ...OUTPUT_OPTION, availableWith: ['describe'] },
])

export type ConfigsOptions = Options<(typeof CONFIGS_OPTIONS)[number]['name']>

export interface Selection {
  readonly action: 'describe' | 'alter'
  readonly types: readonly Entity[]
  /** By position those of `types`; empty for a default, and fewer than types where one was left out. */
  readonly names: readonly string[]
}

/** Checks in Kafka's order: which complaint comes first is part of its interface. */
export function checkConfigsOptions(options: ConfigsOptions, io: ToolIo): Selection {
  if (options.has('describe') === options.has('alter')) {
    throw new UsageError('Command must include exactly one action: --describe, --alter')
  }
  refuseTogether(options, 'describe', ['add-config', 'delete-config'])
  const { types, names } = entitiesOf(options)
  const checked = checkTypes(types)
  const isLong = options.has('entity-type') || options.has('entity-name') || options.has('entity-default')
  if (isLong && SHORTCUTS.some(({ option }) => options.has(option))) {
    throw new Refusal('--entity-{type,name,default} should not be used in conjunction with specific entity flags')
  }
  checkConnection(options, io)
  checkBrokerIds(checked, names)
  if (options.has('describe')) checkDescribe(checked, names, options)
  else checkAlter(checked, names, options)
  return { action: options.has('describe') ? 'describe' : 'alter', types: checked, names }
}

function checkTypes(types: readonly string[]): Entity[] {
  const repeated = types.filter((type, i) => types.indexOf(type) < i)
  if (repeated.length > 0) throw new Refusal(`Duplicate entity type(s) specified: ${repeated.join(',')}`)
  const checked = types.map((type) => {
    if (isEntityType(type)) return type
    throw new Refusal(
      `Invalid entity type ${type}, the entity type must be one of ${ENTITY_TYPES.join(', ')} with a --bootstrap-server or --bootstrap-controller argument`,
    )
  })
  if (checked.length === 0) throw new Refusal('At least one entity type must be specified')
  const isPair = checked.length === 2 && checked.includes('users') && checked.includes('clients')
  if (checked.length > 1 && !isPair) {
    throw new Refusal("Only 'users' and 'clients' entity types may be specified together")
  }
  return checked
}

function checkConnection(options: ConfigsOptions, io: ToolIo): void {
  if (options.has('bootstrap-server') && options.has('bootstrap-controller')) {
    throw new Refusal('Only one of --bootstrap-server or --bootstrap-controller can be specified')
  }
  if (options.has('bootstrap-server') || options.has('bootstrap-controller') || !needsBootstrapFlag(io)) return
  throw new Refusal('Either --bootstrap-server or --bootstrap-controller must be specified.')
}

function checkBrokerIds(types: readonly Entity[], names: readonly string[]): void {
  if (!types.includes('brokers') && !types.includes('broker-loggers')) return
  const wrong = names.find((name) => name !== '' && !isInt(name))
  if (wrong === undefined) return
  throw new Refusal(`The entity name for ${types[0]} must be a valid integer broker id, but it is: ${wrong}`)
}

function isInt(text: string): boolean {
  return /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) < 2 ** 31
}

const WITH_DEFAULT: readonly Entity[] = ['users', 'clients', 'brokers', 'ips']

function checkDescribe(types: readonly Entity[], names: readonly string[], options: ConfigsOptions): void {
  if (options.has('entity-default') && !types.some((type) => WITH_DEFAULT.includes(type))) {
    throw new Refusal(`--entity-default must not be specified with --describe of ${types.join(',')}`)
  }
  if (types.includes('broker-loggers') && !names.some((name) => name !== '')) {
    throw new Refusal(`An entity name must be specified with --describe of ${types.join(',')}`)
  }
}

function checkAlter(types: readonly Entity[], names: readonly string[], options: ConfigsOptions): void {
  if (types.some((type) => WITH_DEFAULT.includes(type))) {
    if (names.length === 0) {
      throw new Refusal(
        'An entity-name or default entity must be specified with --alter of users, clients, brokers or ips',
      )
    }
  } else if (!names.some((name) => name !== '')) {
    throw new Refusal(`An entity name must be specified with --alter of ${types.join(',')}`)
  }
  if (options.has('add-config') && options.has('add-config-file')) {
    throw new Refusal('Only one of --add-config or --add-config-file must be specified')
  }
  if (!options.has('add-config') && !options.has('add-config-file') && !options.has('delete-config')) {
    throw new Refusal(
      'At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter',
    )
  }
}
