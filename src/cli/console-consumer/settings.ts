import type { Random } from '../../base/random.js'
import { JavaError } from '../java-error.js'
import { inHashOrder } from '../java-hash-order.js'
import { loadProperties, parseKeyValues } from '../properties.js'
import { UsageError } from '../usage.js'
import type { ConsumerOptions } from './options.js'

export interface ConsumerSettings {
  readonly properties: ReadonlyMap<string, string>
  /** The group has a name of chance, because none was given. */
  readonly isAnonymous: boolean
}

const RANDOM_GROUPS = 100_000

/**
 * The consumer's settings: the file, then single properties, then what options say.
 * @throws UsageError, or JavaError when the file cannot be read or two settings contradict each other.
 */
export function consumerSettings(
  options: ConsumerOptions,
  bootstrapServers: string,
  directory: string,
  random: Random,
): ConsumerSettings {
  const file = options.text('command-config') ?? options.text('consumer.config')
  const ofFile = file === undefined ? new Map<string, string>() : loadProperties(file, directory)
  const single = parseKeyValues([...options.texts('command-property'), ...options.texts('consumer-property')])
  const group = groupId(options, single, ofFile)
  const properties = new Map([...ofFile, ...single])
  if (group === null) {
    properties.set('group.id', `console-consumer-${random.int(RANDOM_GROUPS)}`)
    if (!properties.has('enable.auto.commit')) properties.set('enable.auto.commit', 'false')
  } else properties.set('group.id', group)
  if (group !== null && options.has('partition')) {
    throw new UsageError('Options group and partition cannot be specified together.')
  }
  properties.set('auto.offset.reset', offsetReset(options, properties.get('auto.offset.reset')))
  properties.set('bootstrap.servers', bootstrapServers)
  if (!properties.has('client.id')) properties.set('client.id', 'console-consumer')
  const isolation = options.text('isolation-level')
  if (isolation !== undefined) properties.set('isolation.level', isolation)
  return { properties, isAnonymous: group === null }
}

/** How records are shown: the file, then options of their own, then single properties. @throws JavaError */
export function formatterSettings(options: ConsumerOptions, directory: string): Map<string, string> {
  const file = options.text('formatter-config')
  const settings = file === undefined ? new Map<string, string>() : new Map(loadProperties(file, directory))
  for (const field of ['key', 'value'] as const) {
    const className = options.text(`${field}-deserializer`)
    if (className !== undefined && className !== '') settings.set(`${field}.deserializer`, className)
  }
  const single = parseKeyValues([...options.texts('formatter-property'), ...options.texts('property')])
  for (const [name, value] of single) settings.set(name, value)
  return settings
}

/** Null when none was given; it may be given in several places, if it is the same everywhere. */
function groupId(
  options: ConsumerOptions,
  single: ReadonlyMap<string, string>,
  ofFile: ReadonlyMap<string, string>,
): string | null {
  const given = [options.text('group'), ofFile.get('group.id'), single.get('group.id')]
  const groups = inHashOrder(given.filter((group) => group !== undefined))
  if (groups.length <= 1) return groups[0] ?? null
  const list = groups.map((group) => `'${group}'`).join(', ')
  throw new UsageError(
    `The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--consumer.config') do not match. Detected group ids: ${list}`,
  )
}

function offsetReset(options: ConsumerOptions, given: string | undefined): string {
  if (!options.has('from-beginning')) return given ?? 'latest'
  if (given === undefined || given === 'earliest') return 'earliest'
  throw new JavaError(
    'java.lang.IllegalArgumentException',
    `Can't simultaneously specify --from-beginning and 'auto.offset.reset=${given}', please remove one option`,
  )
}
