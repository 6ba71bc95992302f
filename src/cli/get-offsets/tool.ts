import type { ClusterClient } from '../../client/cluster-client.js'
import { KafkaError } from '../../client/kafka-error.js'
import { findOffsets } from '../../client/partition-offsets.js'
import { partitionName, type TopicPartition } from '../../client/topic-partition.js'
import { listTopics } from '../../client/topics.js'
import { withAdmin } from '../admin.js'
import { readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { number, type RowIn, shape, text } from '../data/shape.js'
import { executionException, isKafkaFailure, javaText } from '../java-error.js'
import { suggestTopic } from '../suggest.js'
import { defineTool, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'
import { checkBootstrap, GET_OFFSETS_OPTIONS, type GetOffsetsOptions } from './options.js'
import { type PartitionFilter, partitionFilter } from './partition-filter.js'
import { terse } from './terse.js'
import { parseTime } from './time.js'

const OFFSETS = shape('', {
  topic: text('a topic'),
  partition: number('a partition of it'),
  offset: number('what --time asks for; a partition without such an offset is left out'),
})
const ERROR_PREFIX = 'Error occurred: '

export const getOffsetsTool = defineTool({
  name: 'get-offsets',
  summary: 'Prints the offsets of partitions: where they end, where they start, or where a time lies.',
  options: GET_OFFSETS_OPTIONS,
  examples: [
    '--topic orders',
    '--topic orders --time earliest',
    '--topic orders --partitions 0,1 --time 1767225600000',
    "--topic-partitions 'orders:0-2,payments'",
  ],
  data: [OFFSETS],
  parseErrorPrefix: ERROR_PREFIX,
  removed: { 'broker-list': 'today: --bootstrap-server HOST:9092, or nothing for the local broker' },
  act: async (options, io) => {
    checkBootstrap(options, io)
    try {
      await printOffsets(options, io)
      return 0
    } catch (error) {
      if (error instanceof UsageError || !isKafkaFailure(error)) throw error
      io.stderr.line(`${ERROR_PREFIX}${error.message}`)
      return 1
    }
  },
})

async function printOffsets(options: GetOffsetsOptions, io: ToolIo): Promise<void> {
  if (options.has('topic-partitions') && (options.has('topic') || options.has('partitions'))) {
    throw terse('--topic-partitions cannot be used with --topic or --partitions')
  }
  const timestamp = parseTime(options.text('time') ?? 'latest')
  const isSelected = partitionFilter(options)
  const admin = {
    bootstrap: options.text('bootstrap-server'),
    configFile: options.text('command-config'),
    clientId: 'GetOffsetShell',
  }
  await withAdmin(admin, io, async (client) => {
    const partitions = await select(client, isSelected, options.has('exclude-internal-topics'))
    const topic = options.text('topic')
    if (partitions.length === 0 && topic !== undefined) await suggestTopic(client, topic, io)
    if (partitions.length === 0) throw terse('Could not match any topic-partitions with the specified filters')
    const questions = partitions.map((partition) => ({ ...partition, timestamp }))
    const answers = await findOffsets(client, questions)
    const found = partitions.flatMap((partition) => answered(partition, answers.get(partitionName(partition)), io))
    const format = readFormat(options.text('output'))
    if (format !== null) return await printData(io, format, OFFSETS, found)
    for (const { topic, partition, offset } of found) io.stdout.line(`${topic}:${partition}:${offset}`)
  })
}

/** In the order of `topic-partition` as a text: partition 10 comes before 2. */
async function select(
  client: ClusterClient,
  isSelected: PartitionFilter,
  excludesInternal: boolean,
): Promise<TopicPartition[]> {
  const topics = await listTopics(client).catch((error: unknown) => {
    throw error instanceof KafkaError ? executionException(error) : error
  })
  return topics
    .filter(({ isInternal }) => !(isInternal && excludesInternal))
    .flatMap(({ name, partitions }) => partitions.map((partition) => ({ topic: name, partition })))
    .filter(isSelected)
    .sort((a, b) => (partitionName(a) < partitionName(b) ? -1 : 1))
}

/** A partition without such an offset is left out without a word, as in Kafka. */
function answered(
  partition: TopicPartition,
  answer: number | null | undefined | KafkaError,
  io: ToolIo,
): RowIn<typeof OFFSETS>[] {
  if (answer === null || answer === undefined) return []
  if (answer instanceof KafkaError) {
    const name = partitionName(partition)
    io.stderr.line(`Skip getting offsets for topic-partition ${name} due to error: ${javaText(answer)}`)
    return []
  }
  return [{ topic: partition.topic, partition: partition.partition, offset: answer }]
}
