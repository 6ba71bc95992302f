import { OUTPUT_OPTION } from '../data/output-option.js'
import { type Options, optionSpecs } from '../kafka-options.js'
import { optionList, refuseTogether, requireOptions } from '../option-rules.js'
import { needsBootstrapFlag, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'

export const CONSUMER_GROUPS_OPTIONS = optionSpecs([
  {
    name: 'bootstrap-server',
    argument: 'required',
    value: 'host:port,…',
    about: 'Brokers to contact first. Without it: the local broker, started if it does not run.',
  },
  { name: 'command-config', argument: 'required', value: 'file', about: 'Properties file with client settings.' },
  { name: 'list', about: 'Print the ids of the groups.' },
  { name: 'describe', about: 'Print how far groups have read, who their members are, or what state they are in.' },
  { name: 'delete', about: 'Delete groups without members, with their offsets.' },
  {
    name: 'reset-offsets',
    about: 'Move the offsets of groups without members. Says what it would do; --execute does it.',
  },
  { name: 'delete-offsets', about: 'Delete the offsets that a group has committed for topics.' },
  {
    name: 'validate-regex',
    argument: 'required',
    value: 'regex',
    about: 'Say whether a regular expression is one that brokers understand (RE2).',
  },
  { name: 'group', argument: 'required', value: 'id', about: 'Which group. May be repeated.' },
  { name: 'all-groups', about: 'All consumer groups.' },
  {
    name: 'topic',
    argument: 'required',
    value: 'name[:0,1]',
    about: 'Which topic, or which partitions of it, to reset or delete offsets of. May be repeated.',
  },
  { name: 'all-topics', about: 'Reset the offsets of all topics that the group has committed for.' },
  { name: 'offsets', availableWith: ['describe'], about: 'Describe offsets and lag; so it is unless said otherwise.' },
  { name: 'members', availableWith: ['describe'], about: 'Describe the members.' },
  {
    name: 'state',
    argument: 'optional',
    value: 'state,…',
    availableWith: ['describe', 'list'],
    about: 'Describe the state; with --list a column, and only groups in one of these states.',
  },
  {
    name: 'type',
    argument: 'optional',
    value: 'type,…',
    availableWith: ['list'],
    about: 'With --list a column, and only groups of one of these types: classic, consumer.',
  },
  { name: 'verbose', availableWith: ['describe'], about: 'More columns.' },
  {
    name: 'timeout',
    argument: 'required',
    type: 'long',
    value: 'ms',
    about: 'How long to wait for the brokers; 30000 unless given.',
  },
  { name: 'dry-run', about: 'Only say what --reset-offsets would do.' },
  { name: 'execute', about: 'Do what --reset-offsets says.' },
  { name: 'export', about: 'Print the new offsets as CSV, as --from-file reads them.' },
  { name: 'to-offset', argument: 'required', type: 'long', value: 'offset', about: 'Reset to this offset.' },
  { name: 'to-earliest', about: 'Reset to the first record.' },
  { name: 'to-latest', about: 'Reset behind the last record.' },
  { name: 'to-current', about: 'Reset to the committed offset.' },
  {
    name: 'shift-by',
    argument: 'required',
    type: 'long',
    value: 'count',
    about: 'Reset this many records on from the committed offset, or back when negative.',
  },
  {
    name: 'to-datetime',
    argument: 'required',
    value: 'time',
    about:
      'Reset to the first record from this time on: 2026-01-31T12:00:00.000, UTC unless it ends in +02:00 or the like.',
  },
  {
    name: 'by-duration',
    argument: 'required',
    value: 'duration',
    about: 'Reset to the first record that is no older than this: PT10M, P1DT2H.',
  },
  { name: 'from-file', argument: 'required', value: 'file', about: 'Reset to the offsets in a CSV file.' },
  { ...OUTPUT_OPTION, availableWith: ['list', 'describe', 'delete', 'delete-offsets', 'reset-offsets'] },
])

export type GroupsOptions = Options<(typeof CONSUMER_GROUPS_OPTIONS)[number]['name']>
type Name = (typeof CONSUMER_GROUPS_OPTIONS)[number]['name']

const ACTIONS = ['list', 'describe', 'delete', 'reset-offsets', 'delete-offsets', 'validate-regex'] as const
export type GroupsAction = (typeof ACTIONS)[number]

const SELECTORS = ['group', 'all-groups'] as const
const VIEWS = ['members', 'offsets', 'state'] as const
export const SCENARIOS = [
  'to-offset',
  'to-datetime',
  'by-duration',
  'to-earliest',
  'to-latest',
  'to-current',
  'shift-by',
  'from-file',
] as const satisfies readonly Name[]

const NOT_EXECUTED =
  'WARN: No action will be performed as the --execute option is missing. In version 5.0, this command will require either --dry-run or --execute to be specified. You should add the --dry-run option explicitly if you are scripting this command and want to keep the current default behavior without prompting.'

/** Checks in Kafka's order: which complaint comes first is part of its interface. Says what is to be done. */
export function checkGroupsOptions(options: GroupsOptions, io: ToolIo): GroupsAction {
  if (!options.has('validate-regex') && needsBootstrapFlag(io)) requireOptions(options, 'bootstrap-server')
  if (options.has('describe')) checkDescribe(options)
  if (options.has('delete')) checkDelete(options)
  if (options.has('delete-offsets') && !(options.has('group') && options.has('topic'))) {
    throw new UsageError(`Option [delete-offsets] takes the following options: ${optionList(['topic', 'group'])}`)
  }
  if (options.has('reset-offsets')) checkReset(options, io)
  refuseTogether(options, 'group', ['all-groups', 'list'])
  refuseTogether(options, 'topic', ['list', 'describe'])
  refuseTogether(options, 'output', ['export'])
  const actions = ACTIONS.filter((action) => options.has(action))
  const [action] = actions
  if (action === undefined || actions.length > 1) {
    throw new UsageError(
      'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets, --validate-regex',
    )
  }
  return action
}

function requireSelector(options: GroupsOptions, action: GroupsAction): void {
  if (SELECTORS.some((selector) => options.has(selector))) return
  throw new UsageError(`Option [${action}] takes one of these options: ${optionList(['all-groups', 'group'])}`)
}

function checkDescribe(options: GroupsOptions): void {
  requireSelector(options, 'describe')
  if (VIEWS.filter((view) => options.has(view)).length > 1) {
    throw new UsageError(`Option [describe] takes at most one of these options: ${optionList(VIEWS)}`)
  }
  if (options.has('state') && options.text('state') !== undefined) {
    throw new UsageError('Option [describe] does not take a value for [state]')
  }
}

function checkDelete(options: GroupsOptions): void {
  requireSelector(options, 'delete')
  if (!options.has('topic')) return
  throw new UsageError('The consumer does not support topic-specific offset deletion from a consumer group.')
}

function checkReset(options: GroupsOptions, io: ToolIo): void {
  if (options.has('dry-run') && options.has('execute')) {
    throw new UsageError('Option [reset-offsets] only accepts one of [execute] and [dry-run]')
  }
  if (!options.has('dry-run') && !options.has('execute')) io.stderr.line(NOT_EXECUTED)
  requireSelector(options, 'reset-offsets')
  for (const scenario of SCENARIOS) {
    refuseTogether(
      options,
      scenario,
      SCENARIOS.filter((other) => other !== scenario),
    )
  }
}
