import { describeCluster } from '../../client/cluster.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { byTopic, comparePartitions, partitionName } from '../../client/topic-partition.js'
import type { DataFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import type { RowIn } from '../data/shape.js'
import { JavaError } from '../java-error.js'
import { parseJavaInt } from '../java-number.js'
import type { ToolIo } from '../tool.js'
import { partitionsOf, replicaName, replicaPlaces } from './cluster-state.js'
import { PROPOSAL } from './data.js'
import { failed } from './failure.js'
import { placeReplicas, type UsableBroker } from './placement.js'
import { duplicates, PLAN_VERSION, parseTopics, planOf, planText, type Wanted } from './plan-file.js'

export interface GenerateOptions {
  /** Ids with commas between. */
  readonly brokerList: string
  readonly isRackAware: boolean
  readonly format: DataFormat | null
}

/** Prints where the partitions of some topics are, and where they could be. @throws JavaError or KafkaError */
export async function generate(
  client: ClusterClient,
  topicsText: string,
  { brokerList, isRackAware, format }: GenerateOptions,
  io: ToolIo,
): Promise<void> {
  const wanted = parseBrokers(brokerList)
  const topics = parseTopics(topicsText)
  const twice = duplicates(topics)
  if (twice.length > 0) throw failed(`List of topics to reassign contains duplicate entries: [${twice.join(', ')}]`)
  const current = (await partitionsOf(client, topics, io)).sort(comparePartitions)
  const brokers = await usableBrokers(client, wanted, isRackAware)
  const proposed = propose(current, brokers, io)
  if (format !== null) return await printData(io, format, PROPOSAL, [proposalRow(current, proposed)])
  const places = await replicaPlaces(
    client,
    current.flatMap(({ replicas }) => replicas),
  )
  const text = planText(current, (partition, broker) => places.get(replicaName(partition, broker))?.current ?? null)
  io.stdout.write(`Current partition replica assignment\n${text}\n\n`)
  io.stdout.write(`Proposed partition reassignment configuration\n${planText(proposed, () => null)}\n`)
}

function proposalRow(current: readonly Wanted[], proposed: readonly Wanted[]): RowIn<typeof PROPOSAL> {
  const now = new Map(current.map((partition) => [partitionName(partition), partition.replicas]))
  const partitions = planOf(proposed, () => null).map((partition) => ({
    ...partition,
    currentReplicas: now.get(partitionName(partition)) ?? [],
  }))
  return { version: PLAN_VERSION, partitions }
}

function parseBrokers(list: string): number[] {
  // As Java splits: what is empty at the end does not count, unless nothing else is there.
  const texts = list.replace(/,+$/, '').split(',')
  const ids = texts.map((text) => {
    const id = parseJavaInt(text)
    if (id === null) throw new JavaError('java.lang.NumberFormatException', `For input string: "${text}"`)
    return id
  })
  const twice = duplicates(ids)
  if (twice.length > 0) throw failed(`Broker list contains duplicate entries: [${twice.join(', ')}]`)
  return ids
}

/** Of the brokers that are wanted those that are there. */
async function usableBrokers(
  client: ClusterClient,
  wanted: readonly number[],
  isRackAware: boolean,
): Promise<UsableBroker[]> {
  const { brokers } = await describeCluster(client)
  const usable = brokers
    .filter(({ id }) => wanted.includes(id))
    .map(({ id, rack }) => ({ id, rack: isRackAware ? rack : null }))
    .sort((a, b) => a.id - b.id)
  const withRack = usable.filter(({ rack }) => rack !== null).length
  if (withRack > 0 && withRack < usable.length) {
    throw failed(
      'Not all brokers have rack information. Add --disable-rack-aware in command line to make replica assignment without rack information.',
    )
  }
  return usable
}

/** Every topic keeps the number of replicas of its first partition. */
function propose(current: readonly Wanted[], brokers: readonly UsableBroker[], io: ToolIo): Wanted[] {
  return [...byTopic(current).values()].flatMap((partitions) => {
    const placed = placeReplicas(brokers, partitions.length, partitions[0]!.replicas.length, io.random)
    return partitions.map(({ topic, partition }, i) => ({ topic, partition, replicas: placed[i]! }))
  })
}
