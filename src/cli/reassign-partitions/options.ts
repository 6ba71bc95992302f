import { OUTPUT_OPTION } from '../data/output-option.js'
import { type Options, optionSpecs } from '../kafka-options.js'
import { requireOptions } from '../option-rules.js'
import { needsBootstrapFlag, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'

export const REASSIGN_OPTIONS = optionSpecs([
  { name: 'generate', about: 'Propose where partitions could be.' },
  { name: 'execute', about: 'Begin to move partitions.' },
  { name: 'verify', about: 'Print how the moves stand; ends the throttles of those that are done.' },
  { name: 'cancel', about: 'Take moves back that are not done.' },
  { name: 'list', about: 'Print the moves under way.' },
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
    about: 'Controllers to contact instead, with --cancel and --list.',
  },
  { name: 'command-config', argument: 'required', value: 'file', about: 'Properties file with client settings.' },
  {
    name: 'reassignment-json-file',
    argument: 'required',
    value: 'file',
    about: 'What to move: {"version": 1, "partitions": [{"topic": "orders", "partition": 0, "replicas": [1, 2]}]}.',
  },
  {
    name: 'topics-to-move-json-file',
    argument: 'required',
    value: 'file',
    about: 'With --generate: {"version": 1, "topics": [{"topic": "orders"}]}.',
  },
  { name: 'broker-list', argument: 'required', value: '0,1,2', about: 'With --generate: the brokers to use.' },
  { name: 'disable-rack-aware', about: 'With --generate: racks do not matter.' },
  {
    name: 'throttle',
    argument: 'required',
    type: 'long',
    value: 'bytes/s',
    about: 'With --execute: how fast brokers may copy.',
  },
  {
    name: 'replica-alter-log-dirs-throttle',
    argument: 'required',
    type: 'long',
    value: 'bytes/s',
    about: 'With --execute: how fast a broker may copy between its directories.',
  },
  {
    name: 'timeout',
    argument: 'required',
    type: 'long',
    value: 'ms',
    about: 'How long moves between directories may take to begin (10000).',
  },
  { name: 'additional', about: 'With --execute: even while others are moving.' },
  { name: 'preserve-throttles', about: 'With --verify and --cancel: leave throttles as they are.' },
  {
    name: 'disallow-replication-factor-change',
    about: 'With --execute: refuse to change how many replicas there are.',
  },
  OUTPUT_OPTION,
])

export type ReassignOptions = Options<(typeof REASSIGN_OPTIONS)[number]['name']>
type Name = Parameters<ReassignOptions['has']>[0]

const ACTIONS = ['generate', 'execute', 'verify', 'cancel', 'list'] as const
export type Action = (typeof ACTIONS)[number]

const REQUIRED: Readonly<Record<Action, readonly Name[]>> = {
  generate: ['topics-to-move-json-file', 'broker-list'],
  execute: ['reassignment-json-file'],
  verify: ['reassignment-json-file'],
  cancel: ['reassignment-json-file'],
  list: [],
}
const PERMITTED: Readonly<Record<Action, readonly Name[]>> = {
  generate: ['disable-rack-aware', 'output'],
  execute: [
    'additional',
    'throttle',
    'replica-alter-log-dirs-throttle',
    'timeout',
    'disallow-replication-factor-change',
  ],
  verify: ['preserve-throttles', 'output'],
  cancel: ['bootstrap-controller', 'preserve-throttles', 'timeout'],
  list: ['bootstrap-controller', 'output'],
}
const ALWAYS: readonly Name[] = ['bootstrap-server', 'command-config']

/** Checks in Kafka's order: which complaint comes first is part of its interface. @throws UsageError */
export function checkOptions(options: ReassignOptions, io: ToolIo): Action {
  const actions = ACTIONS.filter((name) => options.has(name))
  const [action] = actions
  if (action === undefined || actions.length > 1) {
    const names = ACTIONS.map((name) => `--${name}`).join(', ')
    throw new UsageError(`Command must include exactly one action: ${names}`)
  }
  if (options.has('bootstrap-server') && options.has('bootstrap-controller')) {
    throw new UsageError("Please don't specify both --bootstrap-server and --bootstrap-controller")
  }
  if (needsBootstrapFlag(io) && !options.has('bootstrap-server') && !options.has('bootstrap-controller')) {
    throw new UsageError('Please specify either --bootstrap-server or --bootstrap-controller')
  }
  requireOptions(options, ...REQUIRED[action])
  const permitted = new Set<Name>([action, ...ALWAYS, ...REQUIRED[action], ...PERMITTED[action]])
  const wrong = options.given().find((name) => !permitted.has(name))
  if (wrong !== undefined) throw new UsageError(`Option "[${wrong}]" can't be used with action "[${action}]"`)
  return action
}
