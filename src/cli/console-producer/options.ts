import { checkBootstrapShape } from '../bootstrap-shape.js'
import { type Options, optionSpecs } from '../kafka-options.js'
import { requireOptions } from '../option-rules.js'
import { needsBootstrapFlag, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'

export const PRODUCER_OPTIONS = optionSpecs([
  { name: 'topic', argument: 'required', value: 'name', about: 'Where to send the lines. Required.' },
  {
    name: 'bootstrap-server',
    argument: 'required',
    value: 'host:port,…',
    about: 'Brokers to contact first. Without it: the local broker, started if it does not run.',
  },
  { name: 'sync', about: 'Send one line at a time and wait until it has arrived.' },
  {
    name: 'compression-codec',
    argument: 'optional',
    value: 'codec',
    about: 'How batches are compressed: none, gzip, snappy, lz4 or zstd; gzip if the option has no value.',
  },
  {
    name: 'batch-size',
    argument: 'required',
    type: 'int',
    value: 'bytes',
    about: 'Most of a batch; 16384 unless given.',
  },
  {
    name: 'max-partition-memory-bytes',
    argument: 'required',
    type: 'int',
    value: 'bytes',
    about: 'The same under an old name; use --batch-size.',
  },
  {
    name: 'message-send-max-retries',
    argument: 'required',
    type: 'int',
    value: 'count',
    about: 'How often a batch is sent again before it counts as failed; 3 unless given.',
  },
  {
    name: 'retry-backoff-ms',
    argument: 'required',
    type: 'long',
    value: 'ms',
    about: 'Pause before a batch is sent again; 100 unless given.',
  },
  {
    name: 'timeout',
    argument: 'required',
    type: 'long',
    value: 'ms',
    about: 'How long a batch waits for more lines; 1000 unless given.',
  },
  {
    name: 'request-required-acks',
    argument: 'required',
    value: 'acks',
    about:
      'Who must have a line before it counts as sent: all or -1 (all replicas in sync), 1 (the leader), 0 (nobody).',
  },
  {
    name: 'request-timeout-ms',
    argument: 'required',
    type: 'int',
    value: 'ms',
    about: 'How long a broker may take to answer; 1500 unless given.',
  },
  {
    name: 'metadata-expiry-ms',
    argument: 'required',
    type: 'long',
    value: 'ms',
    about: 'How long it is believed which broker leads what; 300000 unless given.',
  },
  {
    name: 'max-block-ms',
    argument: 'required',
    type: 'long',
    value: 'ms',
    about: 'Longest wait for the topic to be known; 60000 unless given.',
  },
  {
    name: 'max-memory-bytes',
    argument: 'required',
    type: 'long',
    value: 'bytes',
    about: 'Most memory for lines on their way; 33554432 unless given.',
  },
  {
    name: 'socket-buffer-size',
    argument: 'required',
    type: 'int',
    value: 'bytes',
    about: 'Left to the operating system; accepted for old scripts.',
  },
  {
    name: 'line-reader',
    argument: 'required',
    value: 'class',
    about: 'org.apache.kafka.tools.LineMessageReader, which is what is used anyway.',
  },
  {
    name: 'reader-property',
    argument: 'required',
    value: 'name=value',
    about:
      'How lines are read: parse.key, key.separator, parse.headers, headers.delimiter, headers.separator, headers.key.separator, ignore.error, null.marker. May be repeated.',
  },
  { name: 'property', argument: 'required', value: 'name=value', about: 'The old name of --reader-property.' },
  { name: 'reader-config', argument: 'required', value: 'file', about: 'Properties file with such settings.' },
  {
    name: 'command-property',
    argument: 'required',
    value: 'name=value',
    about: 'A setting of the producer, such as linger.ms=5. May be repeated.',
  },
  {
    name: 'producer-property',
    argument: 'required',
    value: 'name=value',
    about: 'The old name of --command-property.',
  },
  {
    name: 'command-config',
    argument: 'required',
    value: 'file',
    about: 'Properties file with settings of the producer.',
  },
  { name: 'producer.config', argument: 'required', value: 'file', about: 'The old name of --command-config.' },
  {
    name: 'input',
    argument: 'required',
    value: 'json',
    about:
      'Lines are JSON objects, as console-consumer --output json writes them: key, value, headers, timestamp; partition where it is to be that one.',
  },
])

type Name = (typeof PRODUCER_OPTIONS)[number]['name']
export type ProducerOptions = Options<Name>

/** Old names with the new ones, in the order in which Kafka mentions them. */
const RENAMED: readonly (readonly [old: Name, today: Name])[] = [
  ['producer-property', 'command-property'],
  ['producer.config', 'command-config'],
  ['property', 'reader-property'],
]

/** Checks in Kafka's order, and says on stdout which options have new names. */
export function checkProducerOptions(options: ProducerOptions, io: ToolIo): void {
  requireOptions(options, 'topic')
  checkBootstrap(options, io)
  for (const [old, today] of RENAMED) {
    if (options.has(old) && options.has(today)) {
      throw new UsageError(`Options --${today} and --${old} cannot be specified together.`)
    }
  }
  for (const [old, today] of RENAMED) {
    if (!options.has(old)) continue
    io.stdout.line(`Warning: --${old} is deprecated and will be removed in a future version. Use --${today} instead.`)
  }
  if (options.has('max-partition-memory-bytes')) {
    io.stdout.line(
      'Warning: --max-partition-memory-bytes is deprecated and will be removed in Apache Kafka 5.0. Use --batch-size instead.',
    )
  }
}

function checkBootstrap(options: ProducerOptions, io: ToolIo): void {
  const servers = options.text('bootstrap-server')
  if (servers !== undefined || needsBootstrapFlag(io)) checkBootstrapShape(servers)
}
