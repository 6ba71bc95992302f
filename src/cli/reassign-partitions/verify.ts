import type { ClusterClient } from '../../client/cluster-client.js'
import { KafkaError } from '../../client/kafka-error.js'
import { listMovingPartitions } from '../../client/reassignments.js'
import { describeTopics } from '../../client/topic-descriptions.js'
import { comparePartitions, partitionName, type TopicPartition } from '../../client/topic-partition.js'
import { ErrorCode } from '../../protocol/errors.js'
import type { DataFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import type { RowIn } from '../data/shape.js'
import { executionException } from '../java-error.js'
import type { ToolIo } from '../tool.js'
import { replicaName, replicaPlaces } from './cluster-state.js'
import { MOVE_STATES } from './data.js'
import { compareReplicas, type DirectoryMoveState, directoryMoveState } from './directory-moves.js'
import { parsePlan, type ReplicaHome, type Wanted } from './plan-file.js'
import { clearThrottles } from './throttles.js'

export interface VerifyOptions {
  readonly keepsThrottles: boolean
  readonly format: DataFormat | null
}

/** Prints how the moves of a plan stand, and ends the throttles when nothing moves any more. @throws JavaError or KafkaError */
export async function verify(
  client: ClusterClient,
  planJson: string,
  { keepsThrottles, format }: VerifyOptions,
  io: ToolIo,
): Promise<void> {
  const { partitions: wanted, homes } = parsePlan(planJson)
  const partitions = [...new Map(wanted.map((partition) => [partitionName(partition), partition])).values()]
  const moving = new Set((await listMovingPartitions(client)).map(partitionName))
  const still = partitions.filter((partition) => !moving.has(partitionName(partition)))
  const current = await currentReplicas(client, still)
  const stands = [...partitions].sort(comparePartitions).map((wanted) => {
    const name = partitionName(wanted)
    return { wanted, replicas: moving.has(name) ? null : current.get(name)! }
  })
  if (format === null) {
    io.stdout.line('Status of partition reassignment:')
    for (const { wanted, replicas } of stands) io.stdout.line(stateText(wanted, replicas))
  }
  const brokers = homes.map(({ broker }) => broker)
  const places = await replicaPlaces(client, brokers)
  const states = [...homes]
    .sort(compareReplicas)
    .map((home) => ({ home, ...directoryMoveState(home, places.get(replicaName(home, home.broker))) }))
  if (format === null) io.stdout.line(states.map(({ text }) => text).join('\n'))
  else await printData(io, format, MOVE_STATES, [stateRow(stands, states)])
  const isQuiet = moving.size === 0 && states.every(({ isDone }) => isDone)
  // Beside data what is done about throttles is a remark.
  const told = format === null ? io : { stdout: io.stderr }
  if (isQuiet && !keepsThrottles) await clearThrottles(client, partitions, told)
}

interface Stand {
  readonly wanted: Wanted
  /** Null while it is moving. */
  readonly replicas: readonly number[] | null
}

function stateRow(
  stands: readonly Stand[],
  homes: readonly (DirectoryMoveState & { readonly home: ReplicaHome })[],
): RowIn<typeof MOVE_STATES> {
  return {
    partitions: stands.map(({ wanted: { topic, partition, replicas: wanted }, replicas }) => {
      const state = replicas === null ? 'moving' : replicas.join() === wanted.join() ? 'completed' : 'different'
      return { topic, partition, state, replicas, wanted }
    }),
    directories: homes.map(({ home: { topic, partition, broker, directory }, isDone, text }) => ({
      topic,
      partition,
      broker,
      wanted: directory,
      isDone,
      message: text,
    })),
  }
}

/** @param current null while it is moving. */
export function stateText(wanted: Wanted, current: readonly number[] | null): string {
  const name = partitionName(wanted)
  if (current === null) return `Reassignment of partition ${name} is still in progress.`
  if (current.join() === wanted.replicas.join()) return `Reassignment of partition ${name} is completed.`
  return `There is no active reassignment of partition ${name}, but replica set is ${current.join(',')} rather than ${wanted.replicas.join(',')}.`
}

/** Of a topic that is gone there are none. */
async function currentReplicas(
  client: ClusterClient,
  partitions: readonly TopicPartition[],
): Promise<Map<string, readonly number[]>> {
  const topics = await describeTopics(client, [...new Set(partitions.map(({ topic }) => topic))])
  return new Map(
    partitions.map((partition) => {
      const topic = topics.get(partition.topic)
      if (topic === undefined || topic instanceof KafkaError) {
        if (topic !== undefined && topic.code !== ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) throw executionException(topic)
        return [partitionName(partition), []]
      }
      const found = topic.partitions.find(({ index }) => index === partition.partition)
      return [partitionName(partition), found?.replicas ?? []]
    }),
  )
}
