import type { GroupListing } from '../../client/groups.js'
import { OUTPUT_OPTION } from '../data/output-option.js'
import { JavaError } from '../java-error.js'
import { type Options, optionSpecs } from '../kafka-options.js'
import { optionList, refuseTogether } from '../option-rules.js'
import { needsBootstrapFlag, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'

export const GROUPS_OPTIONS = optionSpecs([
  {
    name: 'bootstrap-server',
    argument: 'required',
    value: 'host:port,…',
    about: 'Brokers to contact first. Without it: the local broker, started if it does not run.',
  },
  { name: 'command-config', argument: 'required', value: 'file', about: 'Properties file with client settings.' },
  { name: 'list', about: 'Print the groups, with their types and protocols.' },
  {
    name: 'group-type',
    argument: 'required',
    value: 'type',
    about: 'Only groups of this type: classic, consumer, share or streams.',
  },
  { name: 'protocol', argument: 'required', value: 'name', about: 'Only groups with this protocol.' },
  { name: 'consumer', about: 'Only groups of consumers, of either type.' },
  { name: 'share', about: 'Only share groups.' },
  { name: 'streams', about: 'Only groups of Kafka Streams.' },
  { ...OUTPUT_OPTION, availableWith: ['list'] },
])

export type GroupsOptions = Options<(typeof GROUPS_OPTIONS)[number]['name']>

const TYPES = ['Classic', 'Consumer', 'Share', 'Streams']
const KINDS = ['consumer', 'share', 'streams'] as const

/** Checks in Kafka's order: which complaint comes first is part of its interface. */
export function checkGroupsOptions(options: GroupsOptions, io: ToolIo): void {
  if (needsBootstrapFlag(io) && !options.has('bootstrap-server')) {
    throw new UsageError(`Missing required option(s) ${optionList(['bootstrap-server'])}`)
  }
  if (!options.has('list')) throw new UsageError('Command must include exactly one action: --list.')
  for (const kind of KINDS) {
    const others = KINDS.filter((other) => other !== kind)
    refuseTogether(options, kind, [...others, 'group-type', 'protocol'])
  }
}

/** Which groups to print. @throws JavaError when --group-type is no type. */
export function groupFilter(options: GroupsOptions): (group: GroupListing) => boolean {
  const type = parseType(options.text('group-type'))
  const protocol = options.text('protocol')
  return (group) => {
    if (options.has('consumer')) return isOfConsumers(group)
    if (options.has('share')) return group.type === 'Share'
    if (options.has('streams')) return group.type === 'Streams'
    return (type === null || group.type === type) && (protocol === undefined || group.protocolType === protocol)
  }
}

/** Offsets can be committed for a group that never had a member: it has no protocol, and counts as one of consumers. */
function isOfConsumers({ type, protocolType }: GroupListing): boolean {
  return protocolType === '' || protocolType === 'consumer' || type === 'Consumer'
}

function parseType(text: string | undefined): string | null {
  if (text === undefined) return null
  const type = TYPES.find((name) => name.toLowerCase() === text.toLowerCase())
  if (type !== undefined) return type
  throw new JavaError('java.lang.IllegalArgumentException', '--group-type must be a valid group type.')
}
