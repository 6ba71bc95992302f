import { ZERO_UUID } from '../../bytes/uuid.js'
import type { Reassignment } from '../../client/cluster.js'
import { type ConfigEntry, ConfigSource } from '../../client/configs.js'
import type { PartitionDescription, TopicDescription } from '../../client/topic-descriptions.js'
import { partitionName } from '../../client/topic-partition.js'
import { inHashOrder } from '../java-hash-order.js'

const FILTERS = [
  'under-replicated-partitions',
  'unavailable-partitions',
  'under-min-isr-partitions',
  'at-min-isr-partitions',
] as const
type Filter = (typeof FILTERS)[number]

/** What the lines about a topic depend on besides the topic. */
export interface Report {
  readonly liveBrokers: ReadonlySet<number>
  /** By `topic-partition`. */
  readonly reassignments: ReadonlyMap<string, Reassignment>
  /** Whether such an option was given. */
  isFor(option: Filter | 'topics-with-overrides'): boolean
}

/** A line about the topic, then one for each partition; a filter leaves out what it is not for. */
export function topicText(topic: TopicDescription, configs: readonly ConfigEntry[], report: Report): string {
  const lines = isShown(configs, report) ? [headLine(topic, configs, report)] : []
  lines.push(...shownPartitions(topic, configs, report).map((partition) => partitionLine(topic, partition, report)))
  return lines.map((line) => `${line}\n`).join('')
}

/** Whether there is a line about the topic itself. */
export function isShown(configs: readonly ConfigEntry[], report: Report): boolean {
  if (FILTERS.some((filter) => report.isFor(filter))) return false
  return !report.isFor('topics-with-overrides') || configs.some(isOverride)
}

export function shownPartitions(
  topic: TopicDescription,
  configs: readonly ConfigEntry[],
  report: Report,
): PartitionDescription[] {
  if (report.isFor('topics-with-overrides')) return []
  const filters = FILTERS.filter((filter) => report.isFor(filter))
  const isrMin = Number(configs.find(({ name }) => name === 'min.insync.replicas')?.value ?? 1)
  return topic.partitions.filter(
    (partition) => filters.length === 0 || filters.some((filter) => applies(filter, topic, partition, isrMin, report)),
  )
}

function headLine(topic: TopicDescription, configs: readonly ConfigEntry[], report: Report): string {
  const fields = [
    `Topic: ${topic.name}`,
    ...(topic.id === ZERO_UUID ? [] : [`TopicId: ${topic.id}`]),
    `PartitionCount: ${topic.partitions.length}`,
    `ReplicationFactor: ${replicationFactorOf(topic, report)}`,
    `Configs: ${configText(configs)}`,
  ]
  return fields.join('\t')
}

/** That of the first partition speaks for all. */
export function replicationFactorOf(topic: TopicDescription, report: Report): number {
  const first = topic.partitions[0]
  return first === undefined ? 0 : replicationFactor(topic, first, report)
}

/** Kafka's client puts all entries into a map and shows those that are no defaults in the map's order. */
function configText(configs: readonly ConfigEntry[]): string {
  const byName = new Map(configs.map((entry) => [entry.name, entry]))
  return inHashOrder(byName.keys())
    .map((name) => byName.get(name)!)
    .filter(isOverride)
    .map(({ name, value }) => `${name}=${value}`)
    .join(',')
}

export function isOverride({ source }: ConfigEntry): boolean {
  return source !== ConfigSource.DEFAULT_CONFIG
}

function partitionLine(topic: TopicDescription, partition: PartitionDescription, report: Report): string {
  const move = reassignmentOf(topic, partition, report)
  const elr = (ids: readonly number[] | null): string => (ids === null ? 'N/A' : ids.join(','))
  const fields = [
    '',
    `Topic: ${topic.name}`,
    `Partition: ${partition.index}`,
    `Leader: ${partition.leader ?? 'none'}`,
    `Replicas: ${partition.replicas.join(',')}`,
    `Isr: ${partition.isr.join(',')}`,
    ...(move === undefined
      ? []
      : [`Adding Replicas: ${move.adding.join(',')}`, `Removing Replicas: ${move.removing.join(',')}`]),
    `Elr: ${elr(partition.elr)}`,
    `LastKnownElr: ${elr(partition.lastKnownElr)}`,
  ]
  return fields.join('\t')
}

function applies(
  filter: Filter,
  topic: TopicDescription,
  partition: PartitionDescription,
  isrMin: number,
  report: Report,
): boolean {
  const { leader, isr } = partition
  switch (filter) {
    case 'under-replicated-partitions':
      return isr.length < replicationFactor(topic, partition, report)
    case 'unavailable-partitions':
      return leader === null || !report.liveBrokers.has(leader)
    case 'under-min-isr-partitions':
      return leader === null || isr.length < isrMin
    case 'at-min-isr-partitions':
      return isr.length === isrMin
  }
}

/** While a partition moves: what it will have then. */
function replicationFactor(topic: TopicDescription, partition: PartitionDescription, report: Report): number {
  const move = reassignmentOf(topic, partition, report)
  return move === undefined ? partition.replicas.length : move.replicas.length - move.adding.length
}

export function reassignmentOf(
  topic: TopicDescription,
  partition: PartitionDescription,
  report: Report,
): Reassignment | undefined {
  return report.reassignments.get(partitionName({ topic: topic.name, partition: partition.index }))
}
