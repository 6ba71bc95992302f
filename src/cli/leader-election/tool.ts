import { isCallFailure } from '../../client/call-failure.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { KafkaError } from '../../client/kafka-error.js'
import { type Election, type ElectionType, electLeaders } from '../../client/leader-election.js'
import { partitionName, type TopicPartition } from '../../client/topic-partition.js'
import { ErrorCode } from '../../protocol/errors.js'
import { withAdmin } from '../admin.js'
import { executionException, isKafkaFailure, javaText } from '../java-error.js'
import { partitionsInHashOrder } from '../java-hash-order.js'
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

export const leaderElectionTool = defineTool({
  name: 'leader-election',
  summary: 'Elects leaders of partitions: the preferred replica, or any that is left.',
  options: LEADER_ELECTION_OPTIONS,
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
    if (partitions?.length === 0) return
    print(type, await elect(client, type, partitions, io), io)
  })
}

async function elect(
  client: ClusterClient,
  type: ElectionType,
  partitions: readonly TopicPartition[] | null,
  io: ToolIo,
): Promise<Election[]> {
  try {
    return await electLeaders(client, type, partitions, Math.min(TIMEOUT_MS, client.config.apiTimeoutMs))
  } catch (error) {
    const message = error instanceof KafkaError ? REFUSED.get(error.code) : undefined
    if (message === undefined) throw error
    io.stdout.line(message)
    throw failed(message)
  }
}

const REFUSED = new Map<ErrorCode, string>([
  [ErrorCode.REQUEST_TIMED_OUT, 'Timeout waiting for election results'],
  [ErrorCode.CLUSTER_AUTHORIZATION_FAILED, 'Not authorized to perform leader election'],
])

/** @throws JavaError when a partition could not get a leader. */
function print(type: ElectionType, elections: readonly Election[], io: ToolIo): void {
  const inOrder = partitionsInHashOrder(elections)
  const names = (isMeant: (error: KafkaError | null) => boolean): string =>
    inOrder
      .filter(({ error }) => isMeant(error))
      .map(partitionName)
      .join(', ')
  const isNoop = (error: KafkaError | null): boolean => error?.code === ErrorCode.ELECTION_NOT_NEEDED
  const elected = names((error) => error === null)
  if (elected !== '') io.stdout.line(`Successfully completed leader election (${type}) for partitions ${elected}`)
  const noop = names(isNoop)
  if (noop !== '') io.stdout.line(`Valid replica already elected for partitions ${noop}`)
  const failures = inOrder.filter(({ error }) => error !== null && !isNoop(error))
  for (const failure of failures) {
    const name = partitionName(failure)
    io.stdout.line(`Error completing leader election (${type}) for partition: ${name}: ${javaText(failure.error)}`)
  }
  if (failures.length > 0) throw failed(`${failures.length} replica(s) could not be elected`)
}
