import { isCallFailure } from '../../client/call-failure.js'
import { describeCluster } from '../../client/cluster.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { type EndpointsWanted, listEndpoints, unregisterBroker } from '../../client/endpoints.js'
import { KafkaError } from '../../client/kafka-error.js'
import { ErrorCode } from '../../protocol/errors.js'
import { withAdmin } from '../admin.js'
import { defineArgTool } from '../arg-tool.js'
import { type DataFormat, readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { boolean, number, orNull, shape, text } from '../data/shape.js'
import { executionException, isKafkaFailure, JavaError } from '../java-error.js'
import type { ToolIo } from '../tool.js'
import { type ClusterArgs, clusterGrammar } from './commands.js'
import { endpointTable } from './endpoints.js'

const CLUSTER_ID = shape(
  'cluster-id',
  { clusterId: orNull(text('null for a broker too old to say')) },
  { isSingle: true },
)
const ENDPOINTS = shape('list-endpoints', {
  id: number('of the broker or controller'),
  host: text('where it is'),
  port: number('where it is'),
  rack: orNull(text('of a broker, where one is set')),
  isFenced: boolean('registered, and not ready'),
})

export const clusterTool = defineArgTool({
  name: 'cluster',
  program: 'kafka-cluster',
  summary: "Prints a cluster's id and addresses, and unregisters brokers.",
  grammar: clusterGrammar,
  data: [CLUSTER_ID, ENDPOINTS],
  examples: ['cluster-id', 'list-endpoints --include-fenced-brokers', 'unregister --id 3'],
  act: async (command, args, io) => {
    try {
      await run(command, args, io)
      return 0
    } catch (error) {
      if (!isKafkaFailure(error)) throw error
      io.stderr.line((isCallFailure(error) ? executionException(error) : error).message)
      return 1
    }
  },
})

async function run(command: string, args: ClusterArgs, io: ToolIo): Promise<void> {
  if (args.has('config') && args.has('command-config')) {
    const both = '--config and --command-config cannot be specified together.'
    throw new JavaError('net.sourceforge.argparse4j.inf.ArgumentParserException', both)
  }
  if (args.has('config')) {
    io.stdout.line(
      'Option --config has been deprecated and will be removed in a future version. Use --command-config instead.',
    )
  }
  const ofControllers = args.has('bootstrap-controller')
  const admin = {
    bootstrap: args.get('bootstrap-controller') ?? args.get('bootstrap-server'),
    configFile: args.get('command-config') ?? args.get('config'),
  }
  await withAdmin(admin, io, async (client) => {
    const format = readFormat(args.get('output'))
    if (command === 'cluster-id') await printId(client, ofControllers, format, io)
    else if (command === 'unregister') await unregister(client, args.number('id')!, io)
    else await printEndpoints(client, { ofControllers, includesFenced: args.has('include-fenced-brokers') }, format, io)
  })
}

async function printId(
  client: ClusterClient,
  ofControllers: boolean,
  format: DataFormat | null,
  io: ToolIo,
): Promise<void> {
  const { clusterId } = ofControllers
    ? await listEndpoints(client, { ofControllers, includesFenced: false })
    : await describeCluster(client)
  if (format !== null) return await printData(io, format, CLUSTER_ID, [{ clusterId }])
  io.stdout.line(
    clusterId === null ? 'No cluster ID found. The Kafka version is probably too old.' : `Cluster ID: ${clusterId}`,
  )
}

async function unregister(client: ClusterClient, id: number, io: ToolIo): Promise<void> {
  try {
    await unregisterBroker(client, id)
    io.stdout.line(`Broker ${id} is no longer registered.`)
  } catch (error) {
    if (!(error instanceof KafkaError) || error.code !== ErrorCode.UNSUPPORTED_VERSION) throw error
    io.stdout.line('The target cluster does not support the broker unregistration API.')
  }
}

async function printEndpoints(
  client: ClusterClient,
  { ofControllers, includesFenced }: EndpointsWanted,
  format: DataFormat | null,
  io: ToolIo,
): Promise<void> {
  if (ofControllers && includesFenced) {
    throw new JavaError(
      'java.lang.IllegalArgumentException',
      'The option --include-fenced-brokers is only supported with --bootstrap-server option',
    )
  }
  const { nodes } = await listEndpoints(client, { ofControllers, includesFenced })
  if (format !== null) {
    const rows = nodes.map(({ id, host, port, rack, isFenced }) => ({ id, host, port, rack, isFenced }))
    return await printData(io, format, ENDPOINTS, rows)
  }
  io.stdout.write(endpointTable(nodes, ofControllers ? 'controller' : 'broker'))
}
