import { ZERO_UUID } from '../../bytes/uuid.js'
import type { ConfigEntry } from '../../client/configs.js'
import type { TopicDescription } from '../../client/topic-descriptions.js'
import { boolean, map, number, numbers, orNull, type RowIn, rows, shape, text } from '../data/shape.js'
import { isOverride, isShown, type Report, reassignmentOf, replicationFactorOf, shownPartitions } from './report.js'

export const TOPIC_LIST = shape('--list', {
  name: text('of the topic'),
  id: orNull(text('of the topic; null where the broker is too old to say')),
  isInternal: boolean('Kafka keeps it for itself'),
  partitionCount: number('how many partitions it has'),
})

export const TOPIC_DESCRIPTIONS = shape(
  '--describe',
  {
    name: text('of the topic'),
    id: orNull(text('of the topic; null where the broker is too old to say')),
    isInternal: boolean('Kafka keeps it for itself'),
    replicationFactor: number('copies of each partition'),
    configs: map('what is set for it and is no default, by name'),
    partitions: rows('those that a filter such as --unavailable-partitions leaves', {
      partition: number('its number'),
      leader: orNull(number('id of the broker; null without a leader')),
      leaderEpoch: number('grows with every change of the leader'),
      replicas: numbers('ids of the brokers that have a copy, the preferred leader first'),
      isr: numbers('ids of those in sync'),
      elr: orNull(
        numbers('ids of those that may become leader although out of sync; null where the broker does not say'),
      ),
      lastKnownElr: orNull(numbers('ids of those that may, after an unclean shutdown')),
      addingReplicas: numbers('ids of brokers that it is moving to'),
      removingReplicas: numbers('ids of brokers that it is moving from'),
    }),
  },
  { expands: 'partitions', columns: ['name', 'partition', 'leader', 'replicas', 'isr', 'configs'] },
)

/** What `topicText` tells of a topic; null for one that it does not mention. */
export function topicRow(
  topic: TopicDescription,
  configs: readonly ConfigEntry[],
  report: Report,
): RowIn<typeof TOPIC_DESCRIPTIONS> | null {
  const partitions = shownPartitions(topic, configs, report)
  if (!isShown(configs, report) && partitions.length === 0) return null
  return {
    name: topic.name,
    id: topic.id === ZERO_UUID ? null : topic.id,
    isInternal: topic.isInternal,
    replicationFactor: replicationFactorOf(topic, report),
    configs: Object.fromEntries(configs.filter(isOverride).map(({ name, value }) => [name, value])),
    partitions: partitions.map((partition) => {
      const move = reassignmentOf(topic, partition, report)
      const { index, leader, leaderEpoch, replicas, isr, elr, lastKnownElr } = partition
      const moving = { addingReplicas: move?.adding ?? [], removingReplicas: move?.removing ?? [] }
      return { partition: index, leader, leaderEpoch, replicas, isr, elr, lastKnownElr, ...moving }
    }),
  }
}
