import { OUTPUT_OPTION } from '../data/output-option.js'
import { type Options, optionSpecs } from '../kafka-options.js'
import { needsBootstrapFlag, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'

export const CONSUMER_PERF_OPTIONS = optionSpecs([
  {
    name: 'bootstrap-server',
    argument: 'required',
    value: 'host:port,…',
    about: 'Brokers to contact first. Without it: the local broker, started if it does not run.',
  },
  { name: 'topic', argument: 'required', value: 'name', about: 'Read this topic.' },
  { name: 'include', argument: 'required', value: 'regex', about: 'Read all topics whose name matches.' },
  { name: 'group', argument: 'required', value: 'id', about: 'As a member of this group; else of a new one.' },
  {
    name: 'fetch-size',
    argument: 'required',
    type: 'int',
    value: 'bytes',
    about: 'The most to fetch of a partition at once (1048576).',
  },
  {
    name: 'command-property',
    argument: 'required',
    value: 'name=value',
    about: 'A setting of the consumer; may be given several times.',
  },
  { name: 'from-latest', about: 'Where the group has no offsets, begin at the end rather than the start.' },
  {
    name: 'socket-buffer-size',
    argument: 'required',
    type: 'int',
    value: 'bytes',
    about: "Accepted as Kafka does; the system's own size is used.",
  },
  { name: 'consumer.config', argument: 'required', value: 'file', about: 'Older name of --command-config.' },
  { name: 'command-config', argument: 'required', value: 'file', about: 'Properties file with consumer settings.' },
  { name: 'print-metrics', about: "Print the consumer's counts at the end." },
  { name: 'show-detailed-stats', about: 'A row for every reporting interval instead of one for all.' },
  {
    name: 'timeout',
    argument: 'optional',
    type: 'long',
    value: 'ms',
    about: 'End when no record comes for so long (10000).',
  },
  { name: 'messages', argument: 'required', type: 'long', value: 'count', about: 'Older name of --num-records.' },
  { name: 'num-records', argument: 'required', type: 'long', value: 'count', about: 'How many records to read.' },
  {
    name: 'reporting-interval',
    argument: 'required',
    type: 'int',
    value: 'ms',
    about: 'With --show-detailed-stats: how often (5000).',
  },
  {
    name: 'date-format',
    argument: 'required',
    value: 'pattern',
    about: "How times look, by the rules of Java's SimpleDateFormat (yyyy-MM-dd HH:mm:ss:SSS).",
  },
  { name: 'hide-header', about: 'Leave the names of the columns out.' },
  OUTPUT_OPTION,
])

export type ConsumerPerfOptions = Options<(typeof CONSUMER_PERF_OPTIONS)[number]['name']>

/** Checks in Kafka's order. @throws UsageError */
export function checkOptions(options: ConsumerPerfOptions, io: ToolIo): void {
  if (needsBootstrapFlag(io) && !options.has('bootstrap-server')) {
    throw new UsageError('Missing required argument "[bootstrap-server]"')
  }
  requireOne(options, 'topic', 'include')
  requireOne(options, 'messages', 'num-records')
}

type Name = Parameters<ConsumerPerfOptions['has']>[0]

function requireOne(options: ConsumerPerfOptions, ...names: Name[]): void {
  if (names.filter((name) => options.has(name)).length === 1) return
  const list = names.map((name) => `[${name}]`).join(', ')
  throw new UsageError(`Exactly one of the following arguments is required: ${list}`)
}
