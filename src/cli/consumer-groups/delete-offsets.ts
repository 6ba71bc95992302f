import { describeCluster } from '../../client/cluster.js'
import { deleteCommittedOffsets } from '../../client/group-offsets.js'
import { KafkaError } from '../../client/kafka-error.js'
import { describeTopics } from '../../client/topic-descriptions.js'
import { partitionName, type TopicPartition } from '../../client/topic-partition.js'
import { ErrorCode, errorMessage, errorName } from '../../protocol/errors.js'
import { fitting, table } from '../columns.js'
import { readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import type { RowIn } from '../data/shape.js'
import { javaText } from '../java-error.js'
import { suggestGroup, suggestTopic } from '../suggest.js'
import { note } from '../tool.js'
import type { GroupsContext } from './context.js'
import { DELETED_OFFSETS } from './data.js'
import { printError } from './print-error.js'
import { parseTopicArguments } from './topic-arguments.js'

interface Result extends TopicPartition {
  readonly error: KafkaError | null
}

/** A topic whose partitions cannot be known has a row with this number. */
const NO_PARTITION = -1

export async function deleteOffsets(context: GroupsContext): Promise<number> {
  const { options, io } = context
  const group = options.text('group')!
  const { topics, partitions } = parseTopicArguments(options.texts('topic'))
  const whole = await partitionsOf(context, topics)
  const named = [...partitions, ...whole.filter(({ error }) => error === null)]
  const known = [...new Map(named.map((partition) => [partitionName(partition), partition])).values()]
  const { results, error } = await deleteKnown(context, group, known)
  const all = [...whole.filter((topic) => topic.error !== null), ...results]
  if (error?.code === ErrorCode.GROUP_ID_NOT_FOUND) await suggestGroup(context.client, group, io)
  for (const missing of all.filter((each) => each.error?.code === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)) {
    if (missing.partition === NO_PARTITION) await suggestTopic(context.client, missing.topic, io)
  }
  const format = readFormat(options.text('output'))
  if (format !== null) {
    if (error !== null) note(io, error.message)
    await printData(
      io,
      format,
      DELETED_OFFSETS,
      all.map((result) => rowOf(group, result)),
    )
    return error !== null || all.some((result) => result.error !== null) ? 1 : 0
  }
  tellOutcome(context, group, error)
  io.stdout.write(resultTable(all))
  return 0
}

function rowOf(group: string, { topic, partition, error }: Result): RowIn<typeof DELETED_OFFSETS> {
  return { group, topic, partition: partition === NO_PARTITION ? null : partition, error: error?.message ?? null }
}

async function partitionsOf({ client, timeoutMs }: GroupsContext, topics: readonly string[]): Promise<Result[]> {
  if (topics.length === 0) return []
  try {
    // Kafka's tool asks who is there before it asks about topics: so a silent cluster is told of by that call's name.
    await describeCluster(client, timeoutMs)
    const described = await describeTopics(client, topics, { timeoutMs })
    return topics.flatMap((topic): Result[] => {
      const found = described.get(topic)
      if (found === undefined) return []
      if (found instanceof KafkaError) return [{ topic, partition: NO_PARTITION, error: found }]
      return found.partitions.map(({ index }) => ({ topic, partition: index, error: null }))
    })
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return topics.map((topic) => ({ topic, partition: NO_PARTITION, error }))
  }
}

/** `error` is the group's, or the first of a partition. */
async function deleteKnown(
  { client, timeoutMs }: GroupsContext,
  group: string,
  partitions: readonly TopicPartition[],
): Promise<{ results: Result[]; error: KafkaError | null }> {
  try {
    const errors = await deleteCommittedOffsets(client, group, partitions, timeoutMs)
    const results = partitions.map(({ topic, partition }) => ({
      topic,
      partition,
      error: errors.get(partitionName({ topic, partition })) ?? null,
    }))
    return { results, error: results.find((result) => result.error !== null)?.error ?? null }
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return { results: partitions.map(({ topic, partition }) => ({ topic, partition, error })), error }
  }
}

const OF_THE_GROUP = new Set<ErrorCode>([
  ErrorCode.INVALID_GROUP_ID,
  ErrorCode.GROUP_ID_NOT_FOUND,
  ErrorCode.GROUP_AUTHORIZATION_FAILED,
  ErrorCode.NON_EMPTY_GROUP,
])
const OF_A_PARTITION = new Set<ErrorCode>([
  ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC,
  ErrorCode.TOPIC_AUTHORIZATION_FAILED,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
])

function tellOutcome({ io }: GroupsContext, group: string, error: KafkaError | null): void {
  if (error === null) io.stdout.line(`Request succeeded for deleting offsets from group ${group}.`)
  else if (OF_THE_GROUP.has(error.code)) printError(io, errorMessage(error.code))
  else if (OF_A_PARTITION.has(error.code)) {
    printError(io, 'Encountered some partition-level error, see the follow-up details.')
  } else printError(io, `Encountered some unknown error: ${errorName(error.code)}`)
}

function resultTable(results: readonly Result[]): string {
  const key = ({ topic, partition }: Result): string => topic + partition
  const sorted = [...results].sort((a, b) => (key(a) < key(b) ? -1 : 1))
  const columns = [
    fitting(
      'TOPIC',
      15,
      sorted.map(({ topic }) => topic),
    ),
    { title: 'PARTITION', width: 10 },
    { title: 'STATUS', width: 15 },
  ]
  return table(
    columns,
    sorted.map(({ topic, partition, error }) => [
      topic,
      partition < 0 ? '-' : String(partition),
      error === null ? 'Successful' : `Error: ${javaText(error)}`,
    ]),
  )
}
