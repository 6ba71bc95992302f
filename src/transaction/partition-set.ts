export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** The partitions of a transaction. Never changes: what adds or takes away makes another set. */
export class PartitionSet {
  static readonly EMPTY = new PartitionSet(new Map())
  readonly #byTopic: ReadonlyMap<string, ReadonlySet<number>>

  private constructor(byTopic: ReadonlyMap<string, ReadonlySet<number>>) {
    this.#byTopic = byTopic
  }

  get isEmpty(): boolean {
    return this.#byTopic.size === 0
  }

  has({ topic, partition }: TopicPartition): boolean {
    return this.#byTopic.get(topic)?.has(partition) ?? false
  }

  with(added: readonly TopicPartition[]): PartitionSet {
    return this.#changed(added, (numbers, partition) => numbers.add(partition))
  }

  without(removed: readonly TopicPartition[]): PartitionSet {
    return this.#changed(removed, (numbers, partition) => numbers.delete(partition))
  }

  /** In the order in which topics, and partitions of a topic, came in. */
  byTopic(): { readonly topic: string; readonly partitions: readonly number[] }[] {
    return [...this.#byTopic].map(([topic, numbers]) => ({ topic, partitions: [...numbers] }))
  }

  *[Symbol.iterator](): IterableIterator<TopicPartition> {
    for (const [topic, numbers] of this.#byTopic) for (const partition of numbers) yield { topic, partition }
  }

  #changed(
    partitions: readonly TopicPartition[],
    change: (numbers: Set<number>, partition: number) => void,
  ): PartitionSet {
    const byTopic = new Map(this.#byTopic)
    const copied = new Map<string, Set<number>>()
    for (const { topic, partition } of partitions) {
      const numbers = copied.get(topic) ?? new Set(byTopic.get(topic))
      copied.set(topic, numbers)
      change(numbers, partition)
    }
    for (const [topic, numbers] of copied) {
      if (numbers.size > 0) byTopic.set(topic, numbers)
      else byTopic.delete(topic)
    }
    return new PartitionSet(byTopic)
  }
}
