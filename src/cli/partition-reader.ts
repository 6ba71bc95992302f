import { ClusterClient } from '../client/cluster-client.js'
import { readConsumerConfig } from '../client/consumer/config.js'
import { PartitionSource } from '../client/consumer/partition-source.js'
import type { StartingPartition } from '../client/consumer/partition-state.js'
import type { RecordSource } from '../client/consumer/record-source.js'
import { TopicLeaders } from '../client/topic-leaders.js'
import { ClusterRemarks } from './cluster-remarks.js'
import type { ToolIo } from './tool.js'

/** Reads partitions of the cluster that `known` is a client of, without a group, over connections of its own. */
export async function openPartitionReader(
  known: ClusterClient,
  partitions: readonly StartingPartition[],
  io: ToolIo,
): Promise<RecordSource> {
  const settings = { 'bootstrap.servers': known.config.bootstrapServers, 'auto.offset.reset': 'earliest' }
  const config = { ...readConsumerConfig(new Map(Object.entries(settings))), client: known.config }
  const remarks = new ClusterRemarks(io)
  const onUnreachable = remarks.unreachable.bind(remarks)
  const { clock, random } = io
  const client = await ClusterClient.open({ config: known.config, clock, random, onUnreachable })
  const leaders = new TopicLeaders(client, { createsTopics: false, onIssues: remarks.topicIssues.bind(remarks) })
  return new PartitionSource({ client, config, random, leaders, onUnreachable }, partitions)
}
