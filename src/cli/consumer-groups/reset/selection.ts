import { fetchCommittedOffsets } from '../../../client/group-offsets.js'
import { KafkaError } from '../../../client/kafka-error.js'
import { describeTopics, type TopicDescription } from '../../../client/topic-descriptions.js'
import { byTopic, partitionName, type TopicPartition } from '../../../client/topic-partition.js'
import { ErrorCode } from '../../../protocol/errors.js'
import { suggestTopic } from '../../suggest.js'
import { UsageError } from '../../usage.js'
import { type GroupsContext, wrapped } from '../context.js'
import { parseTopicArguments } from '../topic-arguments.js'

/**
 * The partitions that --topic or --all-topics name; none with --from-file, which names its own.
 * @throws KafkaError when a topic does not exist.
 */
export async function selectPartitions(context: GroupsContext, group: string): Promise<TopicPartition[]> {
  const { client, options, timeoutMs } = context
  if (options.has('all-topics')) {
    return [...(await wrapped(fetchCommittedOffsets(client, group, timeoutMs))).values()]
  }
  if (options.has('topic')) {
    const { topics, partitions } = parseTopicArguments(options.texts('topic'))
    const whole = (await existing(context, topics)).flatMap(({ name, partitions }) =>
      partitions.map(({ index }) => ({ topic: name, partition: index })),
    )
    const all = [...partitions, ...whole]
    return [...new Map(all.map((partition) => [partitionName(partition), partition])).values()]
  }
  if (options.has('from-file')) return []
  throw new UsageError('One of the reset scopes should be defined: --all-topics, --topic.')
}

/** @throws KafkaError naming the partitions that do not exist, or that have no leader. */
export async function checkPartitions(context: GroupsContext, partitions: readonly TopicPartition[]): Promise<void> {
  const topics = await wrapped(existing(context, [...byTopic(partitions).keys()]))
  const leaders = new Map(
    topics.flatMap(({ name, partitions }) =>
      partitions.map(({ index, leader }) => [partitionName({ topic: name, partition: index }), leader]),
    ),
  )
  const named = (odd: readonly TopicPartition[]): string => `The partitions "${odd.map(partitionName).join(',')}"`
  const missing = partitions.filter((partition) => !leaders.has(partitionName(partition)))
  if (missing.length > 0) {
    throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `${named(missing)} do not exist`)
  }
  const leaderless = partitions.filter((partition) => leaders.get(partitionName(partition)) === null)
  if (leaderless.length > 0) {
    throw new KafkaError(ErrorCode.LEADER_NOT_AVAILABLE, `${named(leaderless)} have no leader`)
  }
}

/** @throws KafkaError for the first topic that cannot be described. */
async function existing(
  { client, io, timeoutMs }: GroupsContext,
  names: readonly string[],
): Promise<readonly TopicDescription[]> {
  const described = await describeTopics(client, names, { timeoutMs })
  for (const [name, topic] of described) {
    const isUnknown = topic instanceof KafkaError && topic.code === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    if (isUnknown) await suggestTopic(client, name, io)
  }
  return [...described.values()].map((topic) => {
    if (topic instanceof KafkaError) throw topic
    return topic
  })
}
