import { BrokerConnection } from '../../client/broker-connection.js'
import { isCallFailure } from '../../client/call-failure.js'
import type { ClientConfig } from '../../client/client-config.js'
import type { Broker } from '../../client/cluster-client.js'
import { firstKnownBrokers } from '../../client/first-answer.js'
import { ConfigError } from '../../client/kafka-error.js'
import { readAdminConfig } from '../admin.js'
import { OUTPUT_OPTION, readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import type { RowIn } from '../data/shape.js'
import { isKafkaFailure, javaText } from '../java-error.js'
import { optionSpecs } from '../kafka-options.js'
import { requireOptions } from '../option-rules.js'
import { defineTool, needsBootstrapFlag, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'
import { API_VERSIONS, apiRows } from './data.js'
import { versionLines } from './report.js'

/** How long Kafka's tool waits for an answer. */
const ANSWER_MS_MAX = 5000
const NO_SERVERS = "Configuration 'bootstrap.servers' must not be empty. Valid values include: any non-empty value"

export const brokerApiVersionsTool = defineTool({
  name: 'broker-api-versions',
  summary: 'Prints which versions of which requests the brokers serve.',
  options: optionSpecs([
    {
      name: 'bootstrap-server',
      argument: 'required',
      value: 'host:port,…',
      about: 'Brokers to contact first. Without it: the local broker, started if it does not run.',
    },
    { name: 'command-config', argument: 'required', value: 'file', about: 'Properties file with client settings.' },
    OUTPUT_OPTION,
  ]),
  examples: ['', '--bootstrap-server kafka.example.com:9092', '--output table'],
  data: [API_VERSIONS],
  act: async (options, io) => {
    if (needsBootstrapFlag(io)) requireOptions(options, 'bootstrap-server')
    try {
      const admin = { bootstrap: options.text('bootstrap-server'), configFile: options.text('command-config') }
      if (admin.bootstrap === '') throw new ConfigError(NO_SERVERS)
      const given = await readAdminConfig({ ...admin, clientId: 'admin-1' }, io)
      const config = { ...given, requestTimeoutMs: Math.min(given.requestTimeoutMs, ANSWER_MS_MAX) }
      const brokers = await firstKnownBrokers(config, io.clock)
      const format = readFormat(options.text('output'))
      if (format === null) for (const broker of brokers) await printVersions(broker, config, io)
      else await printData(io, format, API_VERSIONS, await versionRows(brokers, config, io))
      return 0
    } catch (error) {
      if (error instanceof UsageError || !isKafkaFailure(error)) throw error
      io.stderr.line(error.message)
      return 1
    }
  },
})

async function versionRows(
  brokers: readonly Broker[],
  config: ClientConfig,
  io: ToolIo,
): Promise<RowIn<typeof API_VERSIONS>[]> {
  return await Promise.all(
    brokers.map(async (broker) => {
      const { id, host, port, rack } = broker
      const found = await served(broker, config, io)
      const isAnswer = !(found instanceof Error)
      const apis = isAnswer ? apiRows(found) : []
      return { broker: id, host, port, rack, error: isAnswer ? null : found.message, apis }
    }),
  )
}

async function served(broker: Broker, config: ClientConfig, io: ToolIo): Promise<BrokerConnection['served'] | Error> {
  try {
    const connection = await BrokerConnection.open(broker, { ...config, clock: io.clock })
    connection.close()
    return connection.served
  } catch (error) {
    if (isCallFailure(error)) return error
    throw error
  }
}

/** A broker that does not answer is told of, and the next one asked. */
async function printVersions(broker: Broker, config: ClientConfig, io: ToolIo): Promise<void> {
  const node = `${broker.host}:${broker.port} (id: ${broker.id} rack: ${broker.rack} isFenced: false)`
  const found = await served(broker, config, io)
  if (found instanceof Error) io.stdout.line(`${node} -> ERROR: ${javaText(found)}`)
  else io.stdout.write(`${node} -> (\n${versionLines(found).join('\n')}\n)\n`)
}
