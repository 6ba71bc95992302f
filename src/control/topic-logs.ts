import { UserError } from '../base/user-error.js'
import type { PartitionLog } from '../storage/partition-log.js'
import type { Controlled } from './controlled.js'
import type { BrokerAnswer } from './controlled-cluster.js'

/** The logs of one topic, or of all, by topic and partition. @throws UserError for a topic that has none */
export function topicLogs(broker: Controlled, topic: string | null): PartitionLog[] {
  const logs = [...broker.logs()].filter((log) => topic === null || log.topic === topic)
  if (topic !== null && logs.length === 0) {
    throw new UserError(`the topic ${topic} does not exist`, 'See which there are: klog topics --list')
  }
  return logs.sort(compareByTopic)
}

/** What brokers tell of their replicas, those of each partition together. */
export function byTopic<R extends { readonly topic: string; readonly partition: number }>(
  answers: readonly BrokerAnswer<readonly R[]>[],
): (R & { readonly broker: number })[] {
  return answers
    .flatMap(({ broker, answer }) => answer.map((report) => ({ broker, ...report })))
    .sort((a, b) => compareByTopic(a, b) || a.broker - b.broker)
}

interface OfPartition {
  readonly topic: string
  readonly partition: number
}

function compareByTopic(a: OfPartition, b: OfPartition): number {
  return a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1
}
