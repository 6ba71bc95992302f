export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** `topic-partition`: how Kafka writes it, and a map's key. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

/** By topic name in code-unit order, then by number. */
export function comparePartitions(a: TopicPartition, b: TopicPartition): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1
  return a.partition - b.partition
}

/** What belongs to each topic, in the order of first sight. */
export function byTopic<T extends TopicPartition>(items: Iterable<T>): Map<string, T[]> {
  const topics = new Map<string, T[]>()
  for (const item of items) {
    const group = topics.get(item.topic)
    if (group === undefined) topics.set(item.topic, [item])
    else group.push(item)
  }
  return topics
}
