import type { ClusterClient } from '../../client/cluster-client.js'
import { KafkaError } from '../../client/kafka-error.js'
import { alterReassignments, listMovingPartitions } from '../../client/reassignments.js'
import { comparePartitions, partitionName, type TopicPartition } from '../../client/topic-partition.js'
import { ErrorCode } from '../../protocol/errors.js'
import { executionException, type JavaError } from '../java-error.js'
import type { ToolIo } from '../tool.js'
import { replicaName, replicaPlaces } from './cluster-state.js'
import { directoryMoveState, startDirectoryMoves } from './directory-moves.js'
import { TerseFailure } from './failure.js'
import { type PlanFile, parsePlan, type ReplicaHome } from './plan-file.js'
import { clearThrottles } from './throttles.js'

/** Takes back what of a plan is not done. @throws TerseFailure, JavaError or KafkaError */
export async function cancel(
  client: ClusterClient,
  planJson: string,
  options: { readonly keepsThrottles: boolean; readonly timeoutMs: number },
  io: ToolIo,
): Promise<void> {
  const plan = parsePlan(planJson)
  await cancelMoves(client, plan, io)
  const back = await homesToGoBackTo(client, plan.homes)
  // No line feed, as Kafka has none.
  if (back.length === 0) io.stdout.write('None of the specified partition moves are active.')
  else await startDirectoryMoves(client, back, options.timeoutMs, io)
  if (options.keepsThrottles) return
  await clearThrottles(client, plan.partitions, io)
}

async function cancelMoves(client: ClusterClient, { partitions }: PlanFile, io: ToolIo): Promise<void> {
  for (const partition of partitions) refuseImpossible(partition)
  const named = new Set(partitions.map(partitionName))
  const active = (await listMovingPartitions(client))
    .filter((moving) => named.has(partitionName(moving)))
    .filter(({ adding, removing }) => adding.length > 0 || removing.length > 0)
    .sort(comparePartitions)
  if (active.length === 0) {
    io.stdout.line('None of the specified partition reassignments are active.')
    return
  }
  const names = active.map(partitionName)
  const placements = active.map(({ topic, partition }) => ({ topic, partition, replicas: null }))
  const failures = await alterReassignments(client, placements, true)
  if (failures.size > 0) {
    const lines = names.filter((name) => failures.has(name)).map((name) => `${name}: ${failures.get(name)!.message}`)
    throw new TerseFailure(
      `Error cancelling partition reassignment${failures.size === 1 ? '' : 's'} for:\n${lines.join('\n')}`,
    )
  }
  io.stdout.line(
    `Successfully cancelled partition reassignment${names.length === 1 ? '' : 's'} for: ${names.join(',')}`,
  )
}

/** What cannot be asked for at all. @throws JavaError */
function refuseImpossible({ topic, partition }: TopicPartition): void {
  const invalid = (message: string): JavaError =>
    executionException(new KafkaError(ErrorCode.INVALID_TOPIC_EXCEPTION, message))
  if (topic === '') throw invalid(`The given topic name '${topic}' cannot be represented in a request.`)
  if (partition < 0) throw invalid(`The given partition index ${partition} is not valid.`)
}

/** Replicas that are being moved between directories, with the directory in which they still are. */
async function homesToGoBackTo(client: ClusterClient, homes: readonly ReplicaHome[]): Promise<ReplicaHome[]> {
  const brokers = homes.map(({ broker }) => broker)
  const places = await replicaPlaces(client, brokers)
  return homes.flatMap((home) => {
    const { movingFrom } = directoryMoveState(home, places.get(replicaName(home, home.broker)))
    return movingFrom === null ? [] : [{ ...home, directory: movingFrom }]
  })
}
