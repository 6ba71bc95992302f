import { type Uuid, ZERO_UUID } from '../../bytes/uuid.js'
import { describeCluster, listReassignments } from '../../client/cluster.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { describeConfigs, ResourceType } from '../../client/configs.js'
import { describeTopicById, describeTopics, type TopicDescription } from '../../client/topic-descriptions.js'
import { readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { JavaError } from '../java-error.js'
import { inHashOrder } from '../java-hash-order.js'
import { parseUuid } from '../java-uuid.js'
import type { ToolIo } from '../tool.js'
import { TOPIC_DESCRIPTIONS, topicRow } from './data.js'
import type { TopicsOptions } from './options.js'
import { type Report, topicText } from './report.js'
import { requireMatch, selectTopics, shownTopics } from './selection.js'

export async function describe(client: ClusterClient, options: TopicsOptions, io: ToolIo): Promise<void> {
  const format = readFormat(options.text('output'))
  const topics = await selectDescriptions(client, options)
  if (topics.length === 0) return format === null ? undefined : await printData(io, format, TOPIC_DESCRIPTIONS, [])
  const configs = await describeConfigs(
    client,
    ResourceType.TOPIC,
    topics.map(({ name }) => name),
  )
  const { brokers } = await describeCluster(client)
  const report: Report = {
    liveBrokers: new Set(brokers.map(({ id }) => id)),
    reassignments: await listReassignments(client),
    isFor: (filter) => options.has(filter),
  }
  const configsOf = (topic: TopicDescription) => configs.get(topic.name) ?? []
  if (format === null) {
    for (const topic of topics) io.stdout.write(topicText(topic, configsOf(topic), report))
  } else {
    const rows = topics.flatMap((topic) => topicRow(topic, configsOf(topic), report) ?? [])
    await printData(io, format, TOPIC_DESCRIPTIONS, rows)
  }
}

async function selectDescriptions(client: ClusterClient, options: TopicsOptions): Promise<TopicDescription[]> {
  const idText = options.text('topic-id')
  const id = idText === undefined ? ZERO_UUID : parseUuid(idText)
  if (id !== ZERO_UUID) return await selectById(client, id, options)
  const names = await selectTopics(client, options)
  requireMatch(names, options)
  const partitionsPerAnswer = options.int('partition-size-limit-per-response') ?? 2000
  const described = await describeTopics(client, names, { partitionsPerAnswer })
  return inHashOrder([...names].sort(), 1).map((name) => {
    const topic = described.get(name)
    if (topic === undefined || topic instanceof Error) throw topic ?? new Error(`${name} was not described`)
    return topic
  })
}

async function selectById(client: ClusterClient, id: Uuid, options: TopicsOptions): Promise<TopicDescription[]> {
  const topics = await shownTopics(client, options)
  if (topics.some((topic) => topic.id === id)) return [await describeTopicById(client, id)]
  if (options.has('if-exists')) return []
  throw new JavaError('java.lang.IllegalArgumentException', `TopicId '${id}' does not exist as expected`)
}
