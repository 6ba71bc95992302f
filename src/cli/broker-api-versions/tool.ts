import { BrokerConnection } from '../../client/broker-connection.js'
import { isCallFailure } from '../../client/call-failure.js'
import type { ClientConfig } from '../../client/client-config.js'
import type { Broker } from '../../client/cluster-client.js'
import { firstKnownBrokers } from '../../client/first-answer.js'
import { readAdminConfig } from '../admin.js'
import { isKafkaFailure, javaText } from '../java-error.js'
import { optionSpecs } from '../kafka-options.js'
import { requireOptions } from '../option-rules.js'
import { defineTool, needsBootstrapFlag, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'
import { versionLines } from './report.js'

/** How long Kafka's tool waits for an answer. */
const ANSWER_MS_MAX = 5000

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
  ]),
  examples: ['--bootstrap-server localhost:9092'],
  act: async (options, io) => {
    if (needsBootstrapFlag(io)) requireOptions(options, 'bootstrap-server')
    try {
      const admin = { bootstrap: options.text('bootstrap-server'), configFile: options.text('command-config') }
      const given = await readAdminConfig({ ...admin, clientId: 'admin-1' }, io)
      const config = { ...given, requestTimeoutMs: Math.min(given.requestTimeoutMs, ANSWER_MS_MAX) }
      for (const broker of await firstKnownBrokers(config, io.clock)) await printVersions(broker, config, io)
      return 0
    } catch (error) {
      if (error instanceof UsageError || !isKafkaFailure(error)) throw error
      io.stderr.line(error.message)
      return 1
    }
  },
})

/** A broker that does not answer is told of, and the next one asked. */
async function printVersions(broker: Broker, config: ClientConfig, io: ToolIo): Promise<void> {
  const node = `${broker.host}:${broker.port} (id: ${broker.id} rack: ${broker.rack} isFenced: false)`
  try {
    const connection = await BrokerConnection.open(broker, { ...config, clock: io.clock })
    connection.close()
    io.stdout.write(`${node} -> (\n${versionLines(connection.served).join('\n')}\n)\n`)
  } catch (error) {
    if (!isCallFailure(error)) throw error
    io.stdout.line(`${node} -> ERROR: ${javaText(error)}`)
  }
}
