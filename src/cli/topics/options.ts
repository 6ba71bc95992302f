import { OUTPUT_OPTION } from '../data/output-option.js'
import { JavaError } from '../java-error.js'
import { type Options, optionSpecs } from '../kafka-options.js'
import { refuseTogether, requireOptions } from '../option-rules.js'
import { needsBootstrapFlag, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'

export const TOPICS_OPTIONS = optionSpecs([
  {
    name: 'bootstrap-server',
    argument: 'required',
    value: 'host:port,…',
    about: 'Brokers to contact first. Without it: the local broker, started if it does not run.',
  },
  { name: 'command-config', argument: 'required', value: 'file', about: 'Properties file with client settings.' },
  { name: 'create', about: 'Make a topic.' },
  { name: 'list', about: 'Print the names of the topics.' },
  { name: 'describe', about: 'Print what topics and their partitions look like.' },
  { name: 'alter', about: 'Give topics more partitions.' },
  { name: 'delete', about: 'Delete topics.' },
  {
    name: 'topic',
    argument: 'required',
    value: 'name',
    about: 'Which topic; except with --create also a list divided by commas, or a regular expression.',
  },
  { name: 'topic-id', argument: 'required', value: 'id', about: 'Which topic to describe, by its id.' },
  {
    name: 'config',
    argument: 'required',
    value: 'name=value',
    about: 'A topic config of its own for the new topic, such as retention.ms=3600000. May be repeated.',
  },
  { name: 'delete-config', argument: 'required', value: 'name', about: 'Does nothing since Kafka 4.0.' },
  {
    name: 'partitions',
    argument: 'required',
    type: 'int',
    value: 'count',
    about: 'How many partitions. Keys move to other partitions when a topic gets more.',
  },
  { name: 'replication-factor', argument: 'required', type: 'int', value: 'count', about: 'Copies of each partition.' },
  {
    name: 'replica-assignment',
    argument: 'required',
    value: '0:1,1:2,…',
    about: 'Brokers of each partition, leader first, instead of --partitions and --replication-factor.',
  },
  { name: 'under-replicated-partitions', about: 'Describe only partitions with a replica out of sync.' },
  { name: 'unavailable-partitions', about: 'Describe only partitions whose leader is missing.' },
  { name: 'under-min-isr-partitions', about: 'Describe only partitions with fewer in-sync replicas than required.' },
  { name: 'at-min-isr-partitions', about: 'Describe only partitions with as many in-sync replicas as required.' },
  { name: 'topics-with-overrides', about: 'Describe only topics with configs of their own.' },
  { name: 'if-exists', about: 'No error when the topic to alter, delete or describe does not exist.' },
  { name: 'if-not-exists', about: 'No error when the topic to create exists.' },
  { name: 'exclude-internal', about: 'Leave topics out that Kafka keeps for itself.' },
  {
    name: 'partition-size-limit-per-response',
    argument: 'required',
    type: 'int',
    value: 'count',
    about: 'Most partitions that a broker describes in one answer; 2000 unless given.',
  },
  { ...OUTPUT_OPTION, availableWith: ['list', 'describe'] },
])

export type TopicsOptions = Options<(typeof TOPICS_OPTIONS)[number]['name']>
type Name = (typeof TOPICS_OPTIONS)[number]['name']

const ACTIONS = ['create', 'list', 'describe', 'alter', 'delete'] as const
export type TopicsAction = (typeof ACTIONS)[number]

const REPORTS = [
  'under-replicated-partitions',
  'under-min-isr-partitions',
  'at-min-isr-partitions',
  'unavailable-partitions',
] as const satisfies readonly Name[]

/** Checks in Kafka's order: which complaint comes first is part of its interface. Says what is to be done. */
export function checkTopicsOptions(options: TopicsOptions, io: ToolIo): TopicsAction {
  const actions = ACTIONS.filter((action) => options.has(action))
  const [action] = actions
  if (action === undefined || actions.length > 1) {
    throw new UsageError('Command must include exactly one action: --list, --describe, --create, --alter or --delete')
  }
  if (options.has('delete-config')) {
    io.stderr.line(
      'delete-config option is no longer supported and deprecated since version 4.0. The config will be fully removed in future releases.',
    )
  }
  checkRequired(action, options, io)
  checkConflicts(options)
  return action
}

function checkRequired(action: TopicsAction, options: TopicsOptions, io: ToolIo): void {
  if (!options.has('bootstrap-server') && needsBootstrapFlag(io)) {
    throw new JavaError('java.lang.IllegalArgumentException', '--bootstrap-server must be specified')
  }
  if (action === 'describe' && options.has('if-exists')) {
    if (!options.has('topic') && !options.has('topic-id')) {
      throw new UsageError('--topic or --topic-id is required to describe a topic')
    }
    if (options.has('topic') && options.has('topic-id')) {
      io.stdout.line(
        'Only topic id will be used when both --topic and --topic-id are specified and topicId is not Uuid.ZERO_UUID',
      )
    }
  }
  if (action !== 'list' && action !== 'describe') requireOptions(options, 'topic')
  if (action !== 'alter') return
  if (options.has('config')) {
    throw new UsageError(
      'Option combination "[[bootstrap-server], [config]]" can\'t be used with option "[alter]" (To alter topic configurations, the kafka-configs tool can be used.)',
      `today: kafka-configs --alter --entity-type topics --entity-name ${options.texts('topic')[0]} --add-config ${options.texts('config').join(',')}`,
    )
  }
  requireOptions(options, 'partitions')
}

function checkConflicts(options: TopicsOptions): void {
  const onlyWith = (name: Name, ...allowed: readonly TopicsAction[]): void =>
    refuseTogether(
      options,
      name,
      ACTIONS.filter((action) => !allowed.includes(action)),
    )
  onlyWith('config', 'alter', 'create')
  onlyWith('partitions', 'alter', 'create')
  onlyWith('replication-factor', 'create')
  onlyWith('replica-assignment', 'alter', 'create')
  if (options.has('create')) refuseTogether(options, 'replica-assignment', ['partitions', 'replication-factor'])
  for (const report of REPORTS) {
    onlyWith(report, 'describe')
    refuseTogether(options, report, ['topics-with-overrides'])
  }
  onlyWith('topics-with-overrides', 'describe')
  onlyWith('if-exists', 'alter', 'delete', 'describe')
  onlyWith('if-not-exists', 'create')
  onlyWith('exclude-internal', 'list', 'describe')
}
