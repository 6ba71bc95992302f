import type { TopicPartition } from '../transaction/partition-set.js'

/** Topic → the indexes of its partitions, in the order in which they come. */
export function byTopic(partitions: readonly TopicPartition[]): [string, number[]][] {
  const indexes = new Map<string, number[]>()
  for (const { topic, partition } of partitions) {
    const together = indexes.get(topic)
    if (together === undefined) indexes.set(topic, [partition])
    else together.push(partition)
  }
  return [...indexes]
}
