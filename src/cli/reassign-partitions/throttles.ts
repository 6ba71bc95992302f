import { isCallFailure } from '../../client/call-failure.js'
import { describeCluster } from '../../client/cluster.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { alterConfigs, ResourceType } from '../../client/configs.js'
import type { MovingPartition } from '../../client/reassignments.js'
import { byTopic, partitionName, type TopicPartition } from '../../client/topic-partition.js'
import { executionException } from '../java-error.js'
import { inHashOrder, numbersInHashOrder } from '../java-hash-order.js'
import type { ToolIo } from '../tool.js'
import type { Wanted } from './plan-file.js'

const LEADER_RATE = 'leader.replication.throttled.rate'
const FOLLOWER_RATE = 'follower.replication.throttled.rate'
const DIRECTORY_RATE = 'replica.alter.log.dirs.io.max.bytes.per.second'
const LEADER_REPLICAS = 'leader.replication.throttled.replicas'
const FOLLOWER_REPLICAS = 'follower.replication.throttled.replicas'

/** Who copies a partition from whom. */
export interface Move extends TopicPartition {
  readonly sources: readonly number[]
  readonly destinations: readonly number[]
}

/** The moves under way and those that are proposed; the latter begin where the former began. */
export function movesOf(
  moving: readonly MovingPartition[],
  proposed: readonly Wanted[],
  current: readonly Wanted[],
): Move[] {
  const moves = new Map<string, Move>()
  for (const { topic, partition, replicas, adding } of moving) {
    const sources = replicas.filter((broker) => !adding.includes(broker))
    moves.set(partitionName({ topic, partition }), { topic, partition, sources, destinations: adding })
  }
  const now = new Map(current.map((placement) => [partitionName(placement), placement.replicas]))
  for (const { topic, partition, replicas } of proposed) {
    const name = partitionName({ topic, partition })
    const sources = moves.get(name)?.sources ?? now.get(name) ?? []
    const destinations = replicas.filter((broker) => !sources.includes(broker))
    moves.set(name, { topic, partition, sources, destinations })
  }
  return [...moves.values()]
}

/** The replicas of a topic that its moves slow down: `partition:broker` of those that give, and of those that get. */
export function throttledReplicas(moves: readonly Move[]): { leaders: string; followers: string } {
  const pairs = (of: (move: Move) => readonly number[]): string =>
    [...new Set(moves.flatMap((move) => of(move).map((broker) => `${move.partition}:${broker}`)))].sort().join(',')
  return { leaders: pairs(({ sources }) => sources), followers: pairs(({ destinations }) => destinations) }
}

export async function throttleMoves(client: ClusterClient, moves: readonly Move[], rate: number): Promise<void> {
  for (const [topic, mine] of byTopic(moves)) {
    const { leaders, followers } = throttledReplicas(mine)
    const set = new Map([
      [LEADER_REPLICAS, leaders],
      [FOLLOWER_REPLICAS, followers],
    ])
    await alterConfigs(client, ResourceType.TOPIC, topic, { set, remove: [] })
  }
  const brokers = new Set(moves.flatMap(({ sources, destinations }) => [...sources, ...destinations]))
  const set = new Map([
    [LEADER_RATE, String(rate)],
    [FOLLOWER_RATE, String(rate)],
  ])
  for (const broker of [...brokers].sort((a, b) => a - b)) {
    await alterConfigs(client, ResourceType.BROKER, String(broker), { set, remove: [] })
  }
}

export async function throttleDirectories(
  client: ClusterClient,
  brokers: readonly number[],
  rate: number,
): Promise<void> {
  const set = new Map([[DIRECTORY_RATE, String(rate)]])
  for (const broker of new Set(brokers)) {
    await alterConfigs(client, ResourceType.BROKER, String(broker), { set, remove: [] })
  }
}

/** Of all live brokers, and of what the plan names. */
export async function clearThrottles(
  client: ClusterClient,
  plan: readonly Wanted[],
  io: Pick<ToolIo, 'stdout'>,
): Promise<void> {
  const live = (await describeCluster(client)).brokers.map(({ id }) => id)
  const brokers = numbersInHashOrder([...live, ...plan.flatMap(({ replicas }) => replicas)])
  io.stdout.line(`Clearing broker-level throttles on broker${brokers.length === 1 ? '' : 's'} ${brokers.join(',')}`)
  const rates = { set: new Map<string, string>(), remove: [LEADER_RATE, FOLLOWER_RATE, DIRECTORY_RATE] }
  for (const broker of brokers) await altered(alterConfigs(client, ResourceType.BROKER, String(broker), rates))
  const topics = inHashOrder(plan.map(({ topic }) => topic))
  io.stdout.line(`Clearing topic-level throttles on topic${topics.length === 1 ? '' : 's'} ${topics.join(',')}`)
  const replicas = { set: new Map<string, string>(), remove: [LEADER_REPLICAS, FOLLOWER_REPLICAS] }
  for (const topic of topics) await altered(alterConfigs(client, ResourceType.TOPIC, topic, replicas))
}

/** @throws JavaError that names what kept the throttles from being cleared. */
async function altered(altering: Promise<void>): Promise<void> {
  try {
    await altering
  } catch (error) {
    throw isCallFailure(error) ? executionException(error) : error
  }
}
