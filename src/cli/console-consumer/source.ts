import { javaFullMatch } from '../../base/java-regex.js'
import { ClusterClient } from '../../client/cluster-client.js'
import { constructed } from '../../client/construction.js'
import { type ConsumerConfig, readConsumerConfig } from '../../client/consumer/config.js'
import { GroupSource } from '../../client/consumer/group-source.js'
import { PartitionSource } from '../../client/consumer/partition-source.js'
import type { StartingPartition } from '../../client/consumer/partition-state.js'
import type { RecordSource } from '../../client/consumer/record-source.js'
import { Subscription, type TopicChoice } from '../../client/consumer/subscription.js'
import { TopicLeaders } from '../../client/topic-leaders.js'
import { ClusterRemarks } from '../cluster-remarks.js'
import type { ToolIo } from '../tool.js'
import type { ConsumerPlan } from './plan.js'

/**
 * What the plan asks for, ready to be read. Nothing is started for settings with a mistake in them.
 * @param flag the value of --bootstrap-server.
 * @throws KafkaError, ConfigError, ClientError, JavaError or OptionError for such settings.
 */
export async function openSource(plan: ConsumerPlan, flag: string | undefined, io: ToolIo): Promise<RecordSource> {
  const read = readConsumerConfig(plan.properties)
  const from = plan.from()
  const choice = 'include' in from ? { matches: javaFullMatch(from.include) } : { names: [from.topic] }
  const config = { ...read, client: { ...read.client, bootstrapServers: await io.bootstrap(flag) } }
  const remarks = new ClusterRemarks(io)
  return 'partition' in from
    ? await openPartition(from, config, remarks, io)
    : await openGroup(choice, config, remarks, io)
}

async function openPartition(
  partition: StartingPartition,
  config: ConsumerConfig,
  remarks: ClusterRemarks,
  io: ToolIo,
): Promise<RecordSource> {
  const client = await openClient(config, remarks, io)
  const onIssues = remarks.topicIssues.bind(remarks)
  const leaders = new TopicLeaders(client, { createsTopics: config.createsTopics, onIssues })
  const onUnreachable = remarks.unreachable.bind(remarks)
  return new PartitionSource({ client, config, random: io.random, leaders, onUnreachable }, [partition])
}

async function openGroup(
  choice: TopicChoice,
  config: ConsumerConfig,
  remarks: ClusterRemarks,
  io: ToolIo,
): Promise<RecordSource> {
  const client = await openClient(config, remarks, io)
  const onTopicIssues = remarks.topicIssues.bind(remarks)
  return new GroupSource({
    client,
    joinClient: await openClient(config, remarks, io),
    config: { ...config, groupId: config.groupId! },
    subscription: new Subscription({ client, config, choice, onTopicIssues }),
    random: io.random,
    onUnreachable: remarks.unreachable.bind(remarks),
  })
}

async function openClient(config: ConsumerConfig, remarks: ClusterRemarks, io: ToolIo): Promise<ClusterClient> {
  const { clock, random } = io
  const onUnreachable = remarks.unreachable.bind(remarks)
  const opening = ClusterClient.open({ config: config.client, clock, random, onUnreachable })
  const client = await constructed('consumer', opening)
  remarks.askingOf(client)
  return client
}
