import { OUTPUT_OPTION } from '../data/output-option.js'
import { JavaError } from '../java-error.js'
import { type Options, optionSpecs } from '../kafka-options.js'
import { needsBootstrapFlag, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'

const number = { argument: 'required', type: 'int', value: 'number' } as const

export const E2E_OPTIONS = optionSpecs([
  {
    name: 'bootstrap-server',
    argument: 'required',
    value: 'host:port,…',
    about: 'Brokers to contact first. Without it: the local broker, started if it does not run.',
  },
  { name: 'topic', argument: 'required', value: 'name', about: 'Send to this topic, and read from it. Required.' },
  { name: 'num-records', ...number, about: 'How many records to send, one after the other. Required.' },
  { name: 'producer-acks', argument: 'required', value: '1|all', about: 'Who must have a record first. Required.' },
  { name: 'record-size', ...number, about: 'Bytes of every value. Required.' },
  { name: 'record-key-size', ...number, about: 'Bytes of every key (0: no key).' },
  { name: 'record-header-key-size', ...number, about: "Bytes of every header's name (0)." },
  { name: 'record-header-size', ...number, about: "Bytes of every header's value; -1 for none at all (0)." },
  { name: 'num-headers', ...number, about: 'Headers of every record (0).' },
  { name: 'command-config', argument: 'required', value: 'file', about: 'Properties file with client settings.' },
  OUTPUT_OPTION,
])

export type E2eOptions = Options<(typeof E2E_OPTIONS)[number]['name']>

const POSITIONS = [
  'bootstrap-server',
  'topic',
  'num-records',
  'producer-acks',
  'record-size',
  'command-config',
] as const
const REQUIRED = ['bootstrap-server', 'topic', 'num-records', 'producer-acks', 'record-size'] as const

/** Older command lines have no names in them. @throws JavaError when there are too few or too many words. */
export function withNames(args: readonly string[], io: ToolIo): readonly string[] {
  if (args.length === 0 || args.some((arg) => arg.startsWith('--'))) return args
  if (args.length < POSITIONS.length - 1 || args.length > POSITIONS.length) {
    throw new JavaError(
      'java.lang.IllegalArgumentException',
      `Invalid number of arguments. Expected 5 or 6 positional arguments, but got ${args.length}. Usage: bootstrap-server topic num-records producer-acks record-size [optional] command-config`,
    )
  }
  const names = POSITIONS.map((name) => `--${name}`).join(', ')
  io.stdout.line(
    `WARNING: Positional argument usage is deprecated and will be removed in Apache Kafka 5.0. Please use named arguments instead: ${names}`,
  )
  return args.flatMap((arg, i) => [`--${POSITIONS[i]!}`, arg])
}

/** Checks in Kafka's order. @throws UsageError */
export function checkOptions(options: E2eOptions, io: ToolIo): void {
  const missing = REQUIRED.find((name) => !options.has(name) && (name !== 'bootstrap-server' || needsBootstrapFlag(io)))
  if (missing !== undefined) throw new UsageError(`Missing required argument "[${missing}]"`)
  if (!['1', 'all'].includes(options.text('producer-acks')!)) {
    throw new UsageError(
      "Invalid value for --producer-acks. Latency testing requires synchronous acknowledgement. Please use '1' or 'all'.",
    )
  }
  const checks = [
    ['num-records', 1, 'a positive integer.'],
    ['record-size', 0, 'a non-negative integer.'],
    ['record-key-size', 0, 'a non-negative integer.'],
    ['record-header-key-size', 0, 'a non-negative integer.'],
    ['record-header-size', -1, 'a non-negative integer or -1 for null header value.'],
    ['num-headers', 0, 'a non-negative integer.'],
  ] as const
  const wrong = checks.find(([name, least]) => (options.int(name) ?? least) < least)
  if (wrong !== undefined) throw new UsageError(`Value for --${wrong[0]} must be ${wrong[2]}`)
}
