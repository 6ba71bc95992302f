import type { ElectionType } from '../../client/leader-election.js'
import { partitionName, type TopicPartition } from '../../client/topic-partition.js'
import { OUTPUT_OPTION } from '../data/output-option.js'
import { Json, readTextFile } from '../jackson.js'
import { JavaError, runtimeException } from '../java-error.js'
import { OptionError, type Options, optionSpecs } from '../kafka-options.js'
import { needsBootstrapFlag, type ToolIo } from '../tool.js'

export const LEADER_ELECTION_OPTIONS = optionSpecs([
  {
    name: 'bootstrap-server',
    argument: 'required',
    value: 'host:port,…',
    about: 'Brokers to contact first. Without it: the local broker, started if it does not run.',
  },
  { name: 'command-config', argument: 'required', value: 'file', about: 'Properties file with client settings.' },
  { name: 'admin.config', argument: 'required', value: 'file', about: 'Older name of --command-config.' },
  {
    name: 'election-type',
    argument: 'required',
    value: 'type',
    about: 'preferred: the first replica; unclean: any replica that is left, records may be lost. Required.',
  },
  { name: 'topic', argument: 'required', value: 'name', about: 'Elect for one partition of this topic.' },
  { name: 'partition', argument: 'required', type: 'int', value: 'number', about: 'Which partition of --topic.' },
  { name: 'all-topic-partitions', about: 'Elect for every partition that needs it.' },
  {
    name: 'path-to-json-file',
    argument: 'required',
    value: 'file',
    about: 'Elect for these: {"partitions": [{"topic": "orders", "partition": 0}]}.',
  },
  OUTPUT_OPTION,
])

export type LeaderElectionOptions = Options<(typeof LEADER_ELECTION_OPTIONS)[number]['name']>

const CHOICES = ['topic', 'all-topic-partitions', 'path-to-json-file'] as const

/** Checks in Kafka's order: which complaint comes first is part of its interface. */
export function checkOptions(options: LeaderElectionOptions, io: ToolIo): void {
  const missing = [
    ...(needsBootstrapFlag(io) && !options.has('bootstrap-server') ? ['bootstrap-server'] : []),
    ...(options.has('election-type') ? [] : ['election-type']),
  ]
  if (missing.length > 0) throw failed(`Missing required option(s): ${missing.join(', ')}`)
  if (CHOICES.filter((name) => options.has(name)).length !== 1) {
    throw failed(`One and only one of the following options is required: ${CHOICES.join(', ')}`)
  }
  if (options.has('topic') && !options.has('partition')) throw failed('Missing required option(s): partition')
  if (!options.has('topic') && options.has('partition')) {
    throw failed('Option partition is only allowed if topic is used')
  }
}

export function electionType(options: LeaderElectionOptions): ElectionType {
  const text = options.text('election-type') ?? ''
  const type = text.toUpperCase()
  if (type === 'PREFERRED' || type === 'UNCLEAN') return type
  throw new OptionError(`Cannot parse argument '${text}' of option election-type`)
}

/** Null: all. */
export function chosenPartitions(options: LeaderElectionOptions, io: ToolIo): TopicPartition[] | null {
  const path = options.text('path-to-json-file')
  if (path !== undefined) return partitionsInFile(path, io)
  const topic = options.text('topic')
  return topic === undefined ? null : [{ topic, partition: options.int('partition')! }]
}

/** What cannot be read, or is no such JSON, is told with the name of the class. */
function partitionsInFile(path: string, io: ToolIo): TopicPartition[] {
  try {
    return parsePartitions(readTextFile(path, io.directory))
  } catch (error) {
    const isInput = error instanceof JavaError && !error.javaClass.startsWith('org.apache.kafka.')
    throw isInput ? runtimeException(error) : error
  }
}

/** @throws JavaError with Kafka's text when it is something else, or a partition comes twice. */
export function parsePartitions(text: string): TopicPartition[] {
  const json = Json.parse(text)
  if (json === null) throw operationError('Replica election data is empty')
  const list = json.fields().find('partitions')
  if (list === null) throw operationError('Replica election data is missing "partitions" field')
  const partitions = list.items().map((item) => {
    const fields = item.fields()
    return { topic: fields.get('topic').text(), partition: fields.get('partition').int() }
  })
  const names = partitions.map(partitionName)
  const twice = new Set(names.filter((name, i) => names.indexOf(name) !== i))
  if (twice.size === 0) return partitions
  throw operationError(`Replica election data contains duplicate partitions: [${[...twice].join(', ')}]`)
}

export function failed(message: string): JavaError {
  return new JavaError('org.apache.kafka.tools.AdminCommandFailedException', message)
}

function operationError(message: string): JavaError {
  return new JavaError('org.apache.kafka.tools.AdminOperationException', message)
}
