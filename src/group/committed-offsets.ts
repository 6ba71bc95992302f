import type { Uuid } from '../bytes/uuid.js'

/** How far a group has read one partition. */
export interface CommittedOffset {
  readonly offset: number
  /** -1 if unknown. */
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitTimestampMs: number
  /** Set by clients of long ago, who chose the retention themselves; null otherwise. */
  readonly expireTimestampMs: number | null
  /** The zero id where the record has none. */
  readonly topicId: Uuid
  /** Where the record lies in the coordinator's topic: of two, the later one counts. */
  readonly recordOffset: number
}

export interface PartitionKey {
  readonly topic: string
  readonly partition: number
}

/** Topic → partition → its offset. */
export type OffsetsByTopic = ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>>

type ByTopic = Map<string, Map<number, CommittedOffset>>

/** The offsets of all groups of one coordinator: those that count, and those whose transaction is still open. */
export class CommittedOffsets {
  readonly #byGroup = new Map<string, ByTopic>()
  /** Producer id → group → what its open transaction wants to commit. */
  readonly #open = new Map<bigint, Map<string, ByTopic>>()
  /** Keys of records that are on their way into the log, by group. */
  readonly #underWay = new Map<string, Set<readonly PartitionKey[]>>()

  ofGroup(groupId: string): OffsetsByTopic {
    return this.#byGroup.get(groupId) ?? NOTHING
  }

  get(groupId: string, topic: string, partition: number): CommittedOffset | null {
    return this.#byGroup.get(groupId)?.get(topic)?.get(partition) ?? null
  }

  groupIds(): IterableIterator<string> {
    return this.#byGroup.keys()
  }

  set(groupId: string, topic: string, partition: number, offset: CommittedOffset): void {
    put(this.#byGroup, groupId, topic, partition, offset)
  }

  /** Also what open transactions had in mind for it. */
  remove(groupId: string, topic: string, partition: number): void {
    take(this.#byGroup, groupId, topic, partition)
    for (const [producerId, byGroup] of this.#open) {
      take(byGroup, groupId, topic, partition)
      if (byGroup.size === 0) this.#open.delete(producerId)
    }
  }

  setPending(producerId: bigint, groupId: string, topic: string, partition: number, offset: CommittedOffset): void {
    put(entry(this.#open, producerId, newMap<string, ByTopic>), groupId, topic, partition, offset)
  }

  /** The producer's transaction has ended: with a commit its offsets count, unless a later one was committed without it. */
  endTransaction(producerId: bigint, isCommit: boolean): void {
    const byGroup = this.#open.get(producerId)
    this.#open.delete(producerId)
    if (!isCommit || byGroup === undefined) return
    for (const [groupId, topics] of byGroup) {
      for (const [topic, partitions] of topics) {
        for (const [partition, offset] of partitions) {
          const current = this.get(groupId, topic, partition)
          if (current === null || current.recordOffset < offset.recordOffset)
            this.set(groupId, topic, partition, offset)
        }
      }
    }
  }

  isPending(groupId: string, topic: string, partition: number): boolean {
    for (const byGroup of this.#open.values()) if (byGroup.get(groupId)?.get(topic)?.has(partition)) return true
    return false
  }

  hasOpenTransaction(groupId: string): boolean {
    for (const byGroup of this.#open.values()) if (byGroup.has(groupId)) return true
    return false
  }

  /** Records with these keys were handed to the log; whoever deletes must count them in. Returns what ends that. */
  setOut(groupId: string, keys: readonly PartitionKey[]): () => void {
    const sets = entry(this.#underWay, groupId, () => new Set<readonly PartitionKey[]>())
    sets.add(keys)
    return () => {
      sets.delete(keys)
      if (sets.size === 0 && this.#underWay.get(groupId) === sets) this.#underWay.delete(groupId)
    }
  }

  isUnderWay(groupId: string): boolean {
    return this.#underWay.has(groupId)
  }

  /** Every partition for which the log holds, or will hold, an offset of the group. */
  keysOf(groupId: string): PartitionKey[] {
    const seen = new Map<string, Set<number>>()
    const add = (topic: string, partition: number): void => {
      entry(seen, topic, () => new Set<number>()).add(partition)
    }
    for (const topics of [this.#byGroup, ...this.#open.values()].map((byGroup) => byGroup.get(groupId) ?? NOTHING)) {
      for (const [topic, partitions] of topics) for (const partition of partitions.keys()) add(topic, partition)
    }
    for (const keys of this.#underWay.get(groupId) ?? []) for (const { topic, partition } of keys) add(topic, partition)
    return [...seen].flatMap(([topic, partitions]) => [...partitions].map((partition) => ({ topic, partition })))
  }
}

const NOTHING: OffsetsByTopic = new Map()

function newMap<K, V>(): Map<K, V> {
  return new Map<K, V>()
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

function put(
  byGroup: Map<string, ByTopic>,
  groupId: string,
  topic: string,
  partition: number,
  offset: CommittedOffset,
): void {
  const topics = entry(byGroup, groupId, newMap<string, Map<number, CommittedOffset>>)
  entry(topics, topic, newMap<number, CommittedOffset>).set(partition, offset)
}

function take(byGroup: Map<string, ByTopic>, groupId: string, topic: string, partition: number): void {
  const topics = byGroup.get(groupId)
  const partitions = topics?.get(topic)
  if (topics === undefined || partitions === undefined) return
  partitions.delete(partition)
  if (partitions.size === 0) topics.delete(topic)
  if (topics.size === 0) byGroup.delete(groupId)
}
