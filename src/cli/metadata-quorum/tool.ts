import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { isCallFailure } from '../../client/call-failure.js'
import { describeCluster } from '../../client/cluster.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { addVoter, describeQuorum, removeVoter } from '../../client/quorum.js'
import { withAdmin } from '../admin.js'
import { defineArgTool } from '../arg-tool.js'
import { readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { executionException, isKafkaFailure, JavaError } from '../java-error.js'
import { parseUuid } from '../java-uuid.js'
import { loadProperties } from '../properties.js'
import type { ToolIo } from '../tool.js'
import { readController } from './controller-file.js'
import { QUORUM_REPLICATION, QUORUM_STATUS, replicaRows, statusRow } from './data.js'
import { type QuorumArgs, quorumGrammar } from './grammar.js'
import { endpointText, replicationText, statusText } from './report.js'

export const metadataQuorumTool = defineArgTool({
  name: 'metadata-quorum',
  program: 'kafka-metadata-quorum',
  summary: 'Shows which controllers keep the metadata of a cluster, and changes who does.',
  grammar: quorumGrammar,
  data: [QUORUM_STATUS, QUORUM_REPLICATION],
  examples: [
    'describe --status',
    'describe --replication --human-readable',
    'remove-controller --controller-id 3 --controller-directory-id ID --dry-run',
  ],
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

async function run(command: string, args: QuorumArgs, io: ToolIo): Promise<void> {
  const configFile = args.get('command-config')
  if (configFile !== undefined && !existsSync(resolve(io.directory, configFile))) {
    throw terse(`Properties file ${configFile} does not exists!`)
  }
  const bootstrap = args.get('bootstrap-controller') ?? args.get('bootstrap-server')
  const areControllers = args.has('bootstrap-controller')
  await withAdmin({ bootstrap, configFile, areControllers }, io, async (client) => {
    if (command === 'describe') await describe(client, args, io)
    else if (command === 'add-controller') await addController(client, args, io)
    else await removeController(client, args, io)
  })
}

async function describe(client: ClusterClient, args: QuorumArgs, io: ToolIo): Promise<void> {
  const [status, replication] = [args.has('status'), args.has('replication')]
  const format = readFormat(args.get('output'))
  if (status && replication) {
    throw terse('Only one of --status or --replication should be specified with describe sub-command')
  }
  if (replication) {
    const quorum = await describeQuorum(client)
    if (format !== null) return await printData(io, format, QUORUM_REPLICATION, replicaRows(quorum))
    io.stdout.write(replicationText(quorum, args.has('human-readable') ? io.clock.now() : null))
  } else if (!status) throw terse('One of --status or --replication must be specified with describe sub-command')
  else if (args.has('human-readable')) {
    throw terse('The option --human-readable is only supported along with --replication')
  } else {
    const { clusterId } = await describeCluster(client)
    const quorum = await describeQuorum(client)
    if (format !== null) await printData(io, format, QUORUM_STATUS, [statusRow(quorum, clusterId)])
    else io.stdout.write(statusText(quorum, clusterId ?? 'null'))
  }
}

async function addController(client: ClusterClient, args: QuorumArgs, io: ToolIo): Promise<void> {
  const path = args.get('command-config')
  if (path === undefined) {
    throw terse('You must supply the configuration file of the controller you are adding when using add-controller.')
  }
  const isDryRun = args.has('dry-run')
  const { id, directoryId, endpoints } = readController(loadProperties(path, io.directory), io.directory)
  if (!isDryRun) await addVoter(client, { id, directoryId }, endpoints)
  const where = endpoints.map(endpointText).join(', ')
  const what = `${isDryRun ? 'DRY RUN of adding' : 'Added'} controller ${id}`
  io.stdout.line(`${what} with directory id ${directoryId} and endpoints: ${where}`)
}

async function removeController(client: ClusterClient, args: QuorumArgs, io: ToolIo): Promise<void> {
  const id = args.number('controller-id')!
  if (id < 0) throw terse(`Invalid negative --controller-id: ${id}`)
  const directoryId = directoryIdOf(args.get('controller-directory-id')!)
  const isDryRun = args.has('dry-run')
  if (!isDryRun) await removeVoter(client, { id, directoryId })
  // Two spaces, as Kafka has them.
  const what = isDryRun ? 'DRY RUN of removing ' : 'Removed '
  io.stdout.line(`${what} KRaft controller ${id} with directory id ${directoryId}`)
}

function directoryIdOf(text: string): string {
  try {
    return parseUuid(text)
  } catch (error) {
    if (!(error instanceof JavaError)) throw error
    throw terse(`Failed to parse --controller-directory-id: ${error.message}`)
  }
}

function terse(message: string): JavaError {
  return new JavaError('org.apache.kafka.tools.TerseException', message)
}
