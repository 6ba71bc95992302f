import type { ClusterClient } from '../../client/cluster-client.js'
import { listMovingPartitions, type MovingPartition } from '../../client/reassignments.js'
import { comparePartitions, partitionName } from '../../client/topic-partition.js'
import { withAdmin } from '../admin.js'
import { readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { readTextFile } from '../jackson.js'
import { isKafkaFailure, javaText } from '../java-error.js'
import { defineTool, type ToolIo } from '../tool.js'
import { cancel } from './cancel.js'
import { MOVE_STATES, MOVES, moveRows, PROPOSAL } from './data.js'
import { execute } from './execute.js'
import { TerseFailure } from './failure.js'
import { generate } from './generate.js'
import { type Action, checkOptions, REASSIGN_OPTIONS, type ReassignOptions } from './options.js'
import { verify } from './verify.js'

const TIMEOUT_MS = 10_000

export const reassignPartitionsTool = defineTool({
  name: 'reassign-partitions',
  summary: 'Moves partitions between brokers and between the directories of a broker.',
  options: REASSIGN_OPTIONS,
  data: [PROPOSAL, MOVE_STATES, MOVES],
  examples: [
    '--generate --topics-to-move-json-file topics.json --broker-list 0,1,2',
    '--execute --reassignment-json-file plan.json --throttle 50000000',
    '--verify --reassignment-json-file plan.json',
  ],
  removed: { zookeeper: 'today: --bootstrap-server HOST:9092, or nothing for the local broker' },
  act: async (options, io) => {
    const action = checkOptions(options, io)
    try {
      await run(action, options, io)
      return 0
    } catch (error) {
      // Where Kafka's text is not wanted, standard output has data and nothing else.
      const told = options.has('output') ? io.stderr : io.stdout
      if (error instanceof TerseFailure) told.line(error.message)
      else if (isKafkaFailure(error)) told.write(failureText(error))
      else throw error
      return 1
    }
  },
})

/** Kafka's tool tells on stdout; where it goes on with a stack trace there is its first line only. */
function failureText(error: Error): string {
  return `Error: ${error.message}\n${javaText(error)}\n\n`
}

async function run(action: Action, options: ReassignOptions, io: ToolIo): Promise<void> {
  const admin = {
    bootstrap: options.text('bootstrap-controller') ?? options.text('bootstrap-server'),
    configFile: options.text('command-config'),
    clientId: 'reassign-partitions-tool',
  }
  await withAdmin(admin, io, async (client) => await ACTIONS[action](client, options, io))
}

type Act = (client: ClusterClient, options: ReassignOptions, io: ToolIo) => Promise<void>

const ACTIONS: Readonly<Record<Action, Act>> = {
  generate: async (client, options, io) => {
    const topics = readTextFile(options.text('topics-to-move-json-file')!, io.directory)
    const wanted = {
      brokerList: options.text('broker-list')!,
      isRackAware: !options.has('disable-rack-aware'),
      format: readFormat(options.text('output')),
    }
    await generate(client, topics, wanted, io)
  },
  execute: async (client, options, io) => {
    const wanted = {
      isAdditional: options.has('additional'),
      throttle: options.long('throttle') ?? -1,
      directoryThrottle: options.long('replica-alter-log-dirs-throttle') ?? -1,
      timeoutMs: options.long('timeout') ?? TIMEOUT_MS,
      mayChangeReplicationFactor: !options.has('disallow-replication-factor-change'),
    }
    await execute(client, planOf(options, io), wanted, io)
  },
  verify: async (client, options, io) => {
    const how = { keepsThrottles: options.has('preserve-throttles'), format: readFormat(options.text('output')) }
    await verify(client, planOf(options, io), how, io)
  },
  cancel: async (client, options, io) => {
    const how = { keepsThrottles: options.has('preserve-throttles'), timeoutMs: options.long('timeout') ?? TIMEOUT_MS }
    await cancel(client, planOf(options, io), how, io)
  },
  list: async (client, options, io) => {
    const moving = await listMovingPartitions(client)
    const format = readFormat(options.text('output'))
    if (format === null) io.stdout.line(listText(moving))
    else await printData(io, format, MOVES, moveRows(moving))
  },
}

function planOf(options: ReassignOptions, io: ToolIo): string {
  return readTextFile(options.text('reassignment-json-file')!, io.directory)
}

export function listText(moving: readonly MovingPartition[]): string {
  if (moving.length === 0) return 'No partition reassignments found.'
  const lines = [...moving].sort(comparePartitions).map((partition) => {
    const { replicas, adding, removing } = partition
    const added = adding.length === 0 ? '' : ` adding: ${adding.join(',')}.`
    const removed = removing.length === 0 ? '' : ` removing: ${removing.join(',')}.`
    return `${partitionName(partition)}: replicas: ${replicas.join(',')}.${added}${removed}`
  })
  return `Current partition reassignments:\n${lines.join('\n')}`
}
