import { type Options, optionSpecs } from '../kafka-options.js'
import { optionList, requireOptions } from '../option-rules.js'
import { needsBootstrapFlag, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'

export const CONSUMER_OPTIONS = optionSpecs([
  { name: 'topic', argument: 'required', value: 'name', about: 'Which topic to read.' },
  {
    name: 'include',
    argument: 'required',
    value: 'regex',
    about: 'Which topics to read: those whose whole name this Java regular expression matches.',
  },
  {
    name: 'bootstrap-server',
    argument: 'required',
    value: 'host:port,…',
    about: 'Brokers to contact first. Without it: the local broker, started if it does not run.',
  },
  {
    name: 'partition',
    argument: 'required',
    type: 'int',
    value: 'number',
    about:
      'Read this partition only, without a group, from its end unless --offset or --from-beginning says otherwise.',
  },
  {
    name: 'offset',
    argument: 'required',
    value: 'offset',
    about: 'Where to start in --partition: a number, earliest or latest.',
  },
  {
    name: 'from-beginning',
    about: 'Start with the first record there is, unless the group has committed offsets.',
  },
  {
    name: 'group',
    argument: 'required',
    value: 'id',
    about: 'The consumer group to be a member of. Without it: one of its own that commits nothing.',
  },
  { name: 'max-messages', argument: 'required', type: 'int', value: 'count', about: 'Stop after so many records.' },
  {
    name: 'timeout-ms',
    argument: 'required',
    type: 'long',
    value: 'ms',
    about: 'Stop when nothing has come for so long.',
  },
  {
    name: 'isolation-level',
    argument: 'required',
    value: 'level',
    about:
      'read_committed leaves out what transactions wrote that have not been committed; read_uncommitted shows all.',
  },
  { name: 'skip-message-on-error', about: 'Go on after a record that cannot be shown.' },
  {
    name: 'formatter',
    argument: 'required',
    value: 'class',
    about:
      'How records are shown: Default-, NoOp-, Logging-, Offsets-, GroupMetadata- or TransactionLogMessageFormatter of org.apache.kafka.tools.consumer, or group.share.ShareGroupStateMessageFormatter there.',
  },
  {
    name: 'formatter-property',
    argument: 'required',
    value: 'name=value',
    about:
      'What is shown: print.timestamp, print.partition, print.offset, print.headers, print.key, print.value, key.separator, line.separator, headers.separator, null.literal, key.deserializer, value.deserializer, headers.deserializer. May be repeated.',
  },
  { name: 'property', argument: 'required', value: 'name=value', about: 'The old name of --formatter-property.' },
  { name: 'formatter-config', argument: 'required', value: 'file', about: 'Properties file with such settings.' },
  {
    name: 'key-deserializer',
    argument: 'required',
    value: 'class',
    about: 'What keys are, such as LongDeserializer of org.apache.kafka.common.serialization.',
  },
  { name: 'value-deserializer', argument: 'required', value: 'class', about: 'What values are.' },
  {
    name: 'command-property',
    argument: 'required',
    value: 'name=value',
    about: 'A setting of the consumer, such as auto.offset.reset=earliest. May be repeated.',
  },
  {
    name: 'consumer-property',
    argument: 'required',
    value: 'name=value',
    about: 'The old name of --command-property.',
  },
  {
    name: 'command-config',
    argument: 'required',
    value: 'file',
    about: 'Properties file with settings of the consumer.',
  },
  { name: 'consumer.config', argument: 'required', value: 'file', about: 'The old name of --command-config.' },
  { name: 'enable-systest-events', about: 'Print shutdown_complete at the end.' },
  {
    name: 'output',
    argument: 'required',
    value: 'json',
    about:
      'Print each record as a JSON object on a line of its own, which console-producer --input json reads; not with the options of formatters.',
  },
])

type Name = (typeof CONSUMER_OPTIONS)[number]['name']
export type ConsumerOptions = Options<Name>

/** Old names with the new ones, in the order in which Kafka mentions them. */
const RENAMED: readonly (readonly [old: Name, today: Name])[] = [
  ['consumer-property', 'command-property'],
  ['consumer.config', 'command-config'],
  ['property', 'formatter-property'],
]

/** Checks in Kafka's order, and says on stdout which options have new names. */
export function checkConsumerOptions(options: ConsumerOptions, io: ToolIo): void {
  const choices = ['topic', 'include'] as const
  if (choices.filter((name) => options.has(name)).length !== 1) {
    throw new UsageError(`Exactly one of the following arguments is required: ${optionList(choices)}`)
  }
  if (options.has('partition')) {
    if (!options.has('topic')) throw new UsageError('The topic is required when partition is specified.')
    if (options.has('from-beginning') && options.has('offset')) {
      throw new UsageError('Options from-beginning and offset cannot be specified together.')
    }
  } else if (options.has('offset')) throw new UsageError('The partition is required when offset is specified.')
  if (needsBootstrapFlag(io)) requireOptions(options, 'bootstrap-server')
  for (const [old, today] of RENAMED) {
    if (options.has(old) && options.has(today)) {
      throw new UsageError(`Options --${old} and --${today} cannot be specified together.`)
    }
  }
  for (const [old, today] of RENAMED) {
    if (!options.has(old)) continue
    const told = options.has('output') ? io.stderr : io.stdout
    told.line(`Option --${old} is deprecated and will be removed in a future version. Use --${today} instead.`)
  }
}
