import { isCallFailure } from '../../client/call-failure.js'
import { describeCluster } from '../../client/cluster.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { describeLogDirectories } from '../../client/log-directories.js'
import { withAdmin } from '../admin.js'
import { OUTPUT_OPTION, readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { executionException, isKafkaFailure, JavaError } from '../java-error.js'
import { numbersInHashOrder } from '../java-hash-order.js'
import { parseJavaInt } from '../java-number.js'
import { type Options, optionSpecs } from '../kafka-options.js'
import { requireOptions } from '../option-rules.js'
import { suggestTopic } from '../suggest.js'
import { defineTool, needsBootstrapFlag, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'
import { directoryRows, LOG_DIRECTORIES } from './data.js'
import { reportJson } from './report.js'

const OPTIONS = optionSpecs([
  {
    name: 'bootstrap-server',
    argument: 'required',
    value: 'host:port,…',
    about: 'Brokers to contact first. Without it: the local broker, started if it does not run.',
  },
  { name: 'command-config', argument: 'required', value: 'file', about: 'Properties file with client settings.' },
  { name: 'describe', about: 'Print what lies in the log directories, and how large it is, as JSON. Required.' },
  { name: 'topic-list', argument: 'required', value: 'name,…', about: 'Only these topics. All unless given.' },
  { name: 'broker-list', argument: 'required', value: '0,1,…', about: 'Only these brokers. All unless given.' },
  OUTPUT_OPTION,
])

type LogDirsOptions = Options<(typeof OPTIONS)[number]['name']>

export const logDirsTool = defineTool({
  name: 'log-dirs',
  summary: 'Tells which partitions lie in which log directory of the brokers, and how large they are.',
  options: OPTIONS,
  examples: ['--describe', '--describe --topic-list orders', '--describe --broker-list 0'],
  data: [LOG_DIRECTORIES],
  act: async (options, io) => {
    if (needsBootstrapFlag(io)) requireOptions(options, 'bootstrap-server')
    requireOptions(options, 'describe')
    try {
      const admin = {
        bootstrap: options.text('bootstrap-server'),
        configFile: options.text('command-config'),
        clientId: 'log-dirs-tool',
      }
      await withAdmin(admin, io, (client) => describe(client, options, io))
      return 0
    } catch (error) {
      if (error instanceof UsageError || !isKafkaFailure(error)) throw error
      io.stderr.line((isCallFailure(error) ? executionException(error) : error).message)
      return 1
    }
  },
})

async function describe(client: ClusterClient, options: LogDirsOptions, io: ToolIo): Promise<void> {
  const topics = new Set(items(options.text('topic-list')))
  const { brokers } = await describeCluster(client)
  const existing = numbersInHashOrder(brokers.map(({ id }) => id))
  const wanted = numbersInHashOrder(items(options.text('broker-list')).map(parseBroker))
  const missing = wanted.filter((broker) => !existing.includes(broker))
  if (missing.length > 0) {
    throw new JavaError(
      'org.apache.kafka.tools.TerseException',
      `ERROR: The given brokers do not exist from --broker-list: ${missing.join(',')}. Current existent brokers: ${existing.join(',')}`,
    )
  }
  const asked = wanted.length > 0 ? wanted : existing
  const format = readFormat(options.text('output'))
  if (format === null) io.stdout.line('Querying brokers for log directories information')
  const answers = await Promise.all(
    asked.map(async (broker) => [broker, await describeLogDirectories(client, broker)] as const),
  )
  const found = new Set(answers.flatMap(([, all]) => all.flatMap(({ replicas }) => replicas.map(({ topic }) => topic))))
  for (const topic of topics) if (!found.has(topic)) await suggestTopic(client, topic, io)
  if (format !== null) {
    const rows = answers.flatMap(([broker, directories]) => directoryRows(broker, directories, topics))
    return await printData(io, format, LOG_DIRECTORIES, rows)
  }
  io.stdout.line(`Received log directory information from brokers ${asked.join(',')}`)
  io.stdout.line(reportJson(new Map(answers), topics))
}

function items(text: string | undefined): string[] {
  return (text ?? '').split(',').filter((item) => item !== '')
}

function parseBroker(text: string): number {
  const broker = parseJavaInt(text)
  if (broker === null) throw new JavaError('java.lang.NumberFormatException', `For input string: "${text}"`)
  return broker
}
