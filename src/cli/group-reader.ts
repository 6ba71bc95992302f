import { ClusterClient } from '../client/cluster-client.js'
import { constructed } from '../client/construction.js'
import type { ConsumerConfig } from '../client/consumer/config.js'
import { GroupSource } from '../client/consumer/group-source.js'
import { Subscription, type TopicChoice } from '../client/consumer/subscription.js'
import type { TopicPartition } from '../client/topic-partition.js'
import { ClusterRemarks } from './cluster-remarks.js'
import type { ToolIo } from './tool.js'

export interface GroupListener {
  onAssigned?(partitions: readonly TopicPartition[]): void
  onRevoked?(partitions: readonly TopicPartition[]): void
}

/** A member of the group that `config` names, which tells when it gets and gives back partitions. */
export async function openGroupReader(
  config: ConsumerConfig,
  choice: TopicChoice,
  listener: GroupListener,
  io: ToolIo,
): Promise<GroupSource> {
  const remarks = new ClusterRemarks(io)
  const onUnreachable = remarks.unreachable.bind(remarks)
  const { clock, random } = io
  const open = (): Promise<ClusterClient> =>
    constructed('consumer', ClusterClient.open({ config: config.client, clock, random, onUnreachable }))
  const client = await open()
  remarks.askingOf(client)
  return new GroupSource({
    client,
    joinClient: await open(),
    config: { ...config, groupId: config.groupId! },
    subscription: new Subscription({
      client,
      config,
      choice,
      onTopicIssues: remarks.topicIssues.bind(remarks),
    }),
    random,
    onUnreachable,
    ...listener,
  })
}
