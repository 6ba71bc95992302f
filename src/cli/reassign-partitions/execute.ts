import { describeCluster } from '../../client/cluster.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { alterReassignments, listMovingPartitions } from '../../client/reassignments.js'
import { comparePartitions, partitionName } from '../../client/topic-partition.js'
import type { ToolIo } from '../tool.js'
import { currentPlacements, replicaName, replicaPlaces } from './cluster-state.js'
import { startDirectoryMoves } from './directory-moves.js'
import { failed, TerseFailure } from './failure.js'
import { parsePlanToExecute, planText, type Wanted } from './plan-file.js'
import { movesOf, throttleDirectories, throttleMoves } from './throttles.js'

export interface ExecuteOptions {
  readonly isAdditional: boolean
  /** Bytes a second; negative for no throttle. */
  readonly throttle: number
  readonly directoryThrottle: number
  readonly timeoutMs: number
  readonly mayChangeReplicationFactor: boolean
}

/** Begins to move partitions, and prints how to move them back. @throws TerseFailure, JavaError or KafkaError */
export async function execute(
  client: ClusterClient,
  planJson: string,
  options: ExecuteOptions,
  io: ToolIo,
): Promise<void> {
  const { partitions, homes } = parsePlanToExecute(planJson)
  const moving = await listMovingPartitions(client)
  if (moving.length > 0 && !options.isAdditional) {
    throw new TerseFailure(
      'Cannot execute because there is an existing partition assignment.  Use --additional to override this and create a new partition assignment in addition to the existing one. The --additional flag can also be used to change the throttle by resubmitting the current reassignment.',
    )
  }
  await checkBrokers(client, partitions)
  const proposed = [...partitions].sort(comparePartitions)
  const current = await currentPlacements(client, proposed, io)
  await printCurrent(client, current, io)
  if (options.throttle >= 0 || options.directoryThrottle >= 0) {
    io.stdout.line(
      'Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.',
    )
  }
  if (options.throttle >= 0) {
    await throttleMoves(client, movesOf(moving, proposed, current), options.throttle)
    io.stdout.line(`The inter-broker throttle limit was set to ${options.throttle} B/s`)
  }
  if (options.directoryThrottle >= 0) {
    const brokers = homes.map(({ broker }) => broker)
    await throttleDirectories(client, brokers, options.directoryThrottle)
    io.stdout.line(`The replica-alter-dir throttle limit was set to ${options.directoryThrottle} B/s`)
  }
  await start(client, proposed, options.mayChangeReplicationFactor, io)
  if (homes.length > 0) await startDirectoryMoves(client, homes, options.timeoutMs, io)
}

async function checkBrokers(client: ClusterClient, partitions: readonly Wanted[]): Promise<void> {
  const { brokers } = await describeCluster(client)
  const known = new Set(brokers.map(({ id }) => id))
  const unknown = partitions.flatMap(({ replicas }) => replicas).find((id) => !known.has(id))
  if (unknown !== undefined) throw failed(`Unknown broker id ${unknown}`)
}

async function printCurrent(client: ClusterClient, current: readonly Wanted[], io: ToolIo): Promise<void> {
  const places = await replicaPlaces(
    client,
    current.flatMap(({ replicas }) => replicas),
  )
  const text = planText(current, (partition, broker) => places.get(replicaName(partition, broker))?.current ?? null)
  io.stdout.line(
    `Current partition replica assignment\n\n${text}\n\nSave this to use as the --reassignment-json-file option during rollback`,
  )
}

async function start(
  client: ClusterClient,
  proposed: readonly Wanted[],
  mayChangeReplicationFactor: boolean,
  io: ToolIo,
): Promise<void> {
  const failures = await alterReassignments(client, proposed, mayChangeReplicationFactor)
  const names = proposed.map(partitionName)
  if (failures.size > 0) {
    const lines = names.filter((name) => failures.has(name)).map((name) => `${name}: ${failures.get(name)!.message}`)
    throw new TerseFailure(`Error reassigning partition(s):\n${lines.join('\n')}`)
  }
  const plural = names.length === 1 ? '' : 's'
  io.stdout.line(`Successfully started partition reassignment${plural} for ${names.join(',')}`)
}
