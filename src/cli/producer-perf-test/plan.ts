import { javaSplit } from '../../base/java-regex.js'
import { randomUuid, type Uuid } from '../../bytes/uuid.js'
import { parseJavaDouble } from '../../protocol/configs/java-double.js'
import { ArgError } from '../arg-parser.js'
import { type DataFormat, readFormat } from '../data/output-option.js'
import { JavaError } from '../java-error.js'
import { loadProperties } from '../properties.js'
import { needsBootstrapFlag, type ToolIo } from '../tool.js'
import type { PerfArgs } from './grammar.js'
import { fileAsPayloads, lettersAsPayloads, numbersAsPayloads, type Payloads } from './payloads.js'

export interface PerfPlan {
  readonly topic: string
  readonly recordCount: number
  /** Of them so many come before the steady state. */
  readonly warmupCount: number
  /** Records a second; negative for no limit. */
  readonly throughput: number
  readonly payloads: Payloads
  /** What the producer is told, without the addresses of brokers that the command line does not name. */
  readonly properties: ReadonlyMap<string, string>
  /** How long each transaction may get; null without transactions. */
  readonly transactionMs: number | null
  readonly reportingIntervalMs: number
  readonly printsMetrics: boolean
  /** Of the summary; everything else is a remark then. */
  readonly format: DataFormat | null
}

const TRANSACTION_MS = 3000
const REPORTING_INTERVAL_MS = 5000

/** Checks in Kafka's order, and prints what Kafka prints on the way. @throws ArgError or JavaError */
export function readPlan(args: PerfArgs, io: ToolIo): PerfPlan {
  checkArgs(args, io)
  const payloads = readPayloads(args, io)
  for (const [old, today] of RENAMED) {
    if (!args.has(old)) continue
    const told = args.has('output') ? io.stderr : io.stdout
    told.line(`Option --${old} has been deprecated and will be removed in a future version. Use --${today} instead.`)
  }
  const properties = readProperties(args, io)
  const hasTransactions =
    args.has('transactional-id') || args.has('transaction-duration-ms') || properties.has('transactional.id')
  if (hasTransactions) {
    const id = args.get('transactional-id') ?? properties.get('transactional.id')
    properties.set('transactional.id', id ?? `performance-producer-${randomUuid(io.random) satisfies Uuid}`)
  }
  return {
    topic: args.get('topic')!,
    recordCount: args.number('num-records')!,
    warmupCount: Math.max(0, args.number('warmup-records') ?? 0),
    throughput: parseJavaDouble(args.get('throughput')!.trim())!,
    payloads,
    properties,
    transactionMs: hasTransactions ? (args.number('transaction-duration-ms') ?? TRANSACTION_MS) : null,
    reportingIntervalMs: args.number('reporting-interval') ?? REPORTING_INTERVAL_MS,
    printsMetrics: args.has('print-metrics'),
    format: readFormat(args.get('output')),
  }
}

const RENAMED = [
  ['producer-props', 'command-property'],
  ['producer.config', 'command-config'],
] as const
const SETTINGS = [
  'bootstrap-server',
  'command-property',
  'producer-props',
  'producer.config',
  'command-config',
] as const

function checkArgs(args: PerfArgs, io: ToolIo): void {
  const isBelowOne = (name: Parameters<PerfArgs['number']>[0]): boolean => (args.number(name) ?? 1) <= 0
  const refusals: readonly (readonly [boolean, string])[] = [
    [isBelowOne('num-records'), '--num-records should be greater than zero.'],
    [
      (args.number('warmup-records') ?? 0) >= args.number('num-records')!,
      'The value for --warmup-records must be strictly fewer than the number of records in the test, --num-records.',
    ],
    [isBelowOne('record-size'), '--record-size should be greater than zero.'],
    [
      needsBootstrapFlag(io) && !SETTINGS.some((name) => args.has(name)),
      'At least one of --bootstrap-server, --command-property, --producer-props, --producer.config or --command-config must be specified.',
    ],
    [
      args.has('command-property') && args.has('producer-props'),
      '--command-property and --producer-props cannot be specified together.',
    ],
    [
      args.has('command-config') && args.has('producer.config'),
      '--command-config and --producer.config cannot be specified together.',
    ],
    [isBelowOne('transaction-duration-ms'), '--transaction-duration-ms should be greater than zero.'],
    [isBelowOne('reporting-interval'), '--reporting-interval should be greater than zero.'],
  ]
  const refusal = refusals.find(([isMeant]) => isMeant)
  if (refusal !== undefined) throw new ArgError(refusal[1])
}

function readPayloads(args: PerfArgs, io: ToolIo): Payloads {
  const path = args.get('payload-file')
  if (path !== undefined) return fileAsPayloads(path, args.get('payload-delimiter') ?? '\\n', io)
  const size = args.number('record-size')
  return size === undefined ? numbersAsPayloads() : lettersAsPayloads(size, io.random)
}

function readProperties(args: PerfArgs, io: ToolIo): Map<string, string> {
  const file = args.get('command-config') ?? args.get('producer.config')
  const properties = new Map(file === undefined ? [] : loadProperties(file, io.directory))
  for (const property of [...args.all('producer-props'), ...args.all('command-property')]) {
    const [name, value, ...more] = javaSplit(property, /=/)
    if (name === undefined || value === undefined || more.length > 0) {
      throw new JavaError('java.lang.IllegalArgumentException', `Invalid property: ${property}`)
    }
    properties.set(name, value)
  }
  if (!properties.has('client.id')) properties.set('client.id', 'perf-producer-client')
  const bootstrap = args.get('bootstrap-server')
  if (bootstrap !== undefined) properties.set('bootstrap.servers', bootstrap)
  return properties
}
