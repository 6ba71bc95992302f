import { isCallFailure } from '../../client/call-failure.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { KafkaError } from '../../client/kafka-error.js'
import { type Election, type ElectionType, electLeaders } from '../../client/leader-election.js'
import { partitionName, type TopicPartition } from '../../client/topic-partition.js'
import { ErrorCode } from '../../protocol/errors.js'
import { withAdmin } from '../admin.js'
import { readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { number, orNull, type RowIn, shape, text } from '../data/shape.js'
import { executionException, isKafkaFailure, javaText } from '../java-error.js'
import { partitionsInHashOrder } from '../java-hash-order.js'
import { refuseTogether } from '../option-rules.js'
import { suggestTopic } from '../suggest.js'
import { defineTool, type ToolIo } from '../tool.js'
import {
  checkOptions,
  chosenPartitions,
  electionType,
  failed,
  LEADER_ELECTION_OPTIONS,
  type LeaderElectionOptions,
} from './options.js'

const TIMEOUT_MS = 30_000
const ELECTIONS = shape('', {
  topic: text('a topic'),
  partition: number('a partition of it'),
  outcome: text('elected, not needed or failed; with any that failed the exit code is 1'),
  error: orNull(text('why it failed')),
})

export const leaderElectionTool = defineTool({
  name: 'leader-election',
  summary: 'Elects leaders of partitions: the preferred replica, or any that is left.',
  options: LEADER_ELECTION_OPTIONS,
  data: [ELECTIONS],
  examples: [
    '--election-type preferred --all-topic-partitions',
    '--election-type unclean --topic orders --partition 0',
    '--election-type preferred --path-to-json-file partitions.json',
  ],
  act: async (options, io) => {
    try {
      await run(options, io)
      return 0
    } catch (error) {
      if (!isKafkaFailure(error)) throw error
      io.stderr.line((isCallFailure(error) ? executionException(error) : error).message)
      return 1
    }
  },
})

async function run(options: LeaderElectionOptions, io: ToolIo): Promise<void> {
  checkOptions(options, io)
  refuseTogether(options, 'admin.config', ['command-config'])
  if (options.has('admin.config')) {
    io.stdout.line(
      'Option --admin.config has been deprecated and will be removed in a future version. Use --command-config instead.',
    )
  }
  const type = electionType(options)
  const partitions = chosenPartitions(options, io)
  const admin = {
    bootstrap: options.text('bootstrap-server'),
    configFile: options.text('command-config') ?? options.text('admin.config'),
    timeoutMs: TIMEOUT_MS,
  }
  await withAdmin(admin, io, async (client) => {
    const elections = partitions?.length === 0 ? [] : await elect(client, type, partitions, options.has('output'), io)
    const missing = elections.filter(({ error }) => error?.code === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    for (const topic of new Set(missing.map((each) => each.topic))) await suggestTopic(client, topic, io)
    const format = readFormat(options.text('output'))
    if (format === null) print(type, elections, io)
    else await printData(io, format, ELECTIONS, elections.map(electionRow))
    const failures = elections.filter(({ error }) => error !== null && !isNoop(error))
    if (failures.length > 0) throw failed(`${failures.length} replica(s) could not be elected`)
  })
}

async function elect(
  client: ClusterClient,
  type: ElectionType,
  partitions: readonly TopicPartition[] | null,
  isData: boolean,
  io: ToolIo,
): Promise<Election[]> {
  try {
    return await electLeaders(client, type, partitions, Math.min(TIMEOUT_MS, client.config.apiTimeoutMs))
  } catch (error) {
    const message = error instanceof KafkaError ? REFUSED.get(error.code) : undefined
    if (message === undefined) throw error
    if (!isData) io.stdout.line(message)
    throw failed(message)
  }
}

const REFUSED = new Map<ErrorCode, string>([
  [ErrorCode.REQUEST_TIMED_OUT, 'Timeout waiting for election results'],
  [ErrorCode.CLUSTER_AUTHORIZATION_FAILED, 'Not authorized to perform leader election'],
])

function isNoop(error: KafkaError | null): boolean {
  return error?.code === ErrorCode.ELECTION_NOT_NEEDED
}

function electionRow({ topic, partition, error }: Election): RowIn<typeof ELECTIONS> {
  const outcome = error === null ? 'elected' : isNoop(error) ? 'not needed' : 'failed'
  return { topic, partition, outcome, error: outcome === 'failed' ? (error?.message ?? null) : null }
}

function print(type: ElectionType, elections: readonly Election[], io: ToolIo): void {
  const inOrder = partitionsInHashOrder(elections)
  const names = (isMeant: (error: KafkaError | null) => boolean): string =>
    inOrder
      .filter(({ error }) => isMeant(error))
      .map(partitionName)
      .join(', ')
  const elected = names((error) => error === null)
  if (elected !== '') io.stdout.line(`Successfully completed leader election (${type}) for partitions ${elected}`)
  const noop = names(isNoop)
  if (noop !== '') io.stdout.line(`Valid replica already elected for partitions ${noop}`)
  const failures = inOrder.filter(({ error }) => error !== null && !isNoop(error))
  for (const failure of failures) {
    const name = partitionName(failure)
    io.stdout.line(`Error completing leader election (${type}) for partition: ${name}: ${javaText(failure.error)}`)
  }
}
