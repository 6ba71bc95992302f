import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'

const EPOCH_MAX = 2 ** 31 - 1
/** After the largest epoch comes 1: 0 and -1 have meanings of their own. */
const FIRST_EPOCH = 1
const UNKNOWN = -1

/** A partition as a Fetch request asks for it; the topic by name or by id. */
export interface AskedPartition {
  readonly topic: string
  readonly topicId: Uuid
  readonly partition: number
  readonly currentLeaderEpoch: number
  readonly fetchOffset: number
  readonly lastFetchedEpoch: number
  readonly logStartOffset: number
  readonly partitionMaxBytes: number
  /** What the follower knows to be committed; beyond every offset where it does not say. */
  readonly highWatermark: number
}

/** What of a partition's answer decides whether it is told. */
export interface FetchedPartition {
  readonly errorCode: ErrorCode
  readonly highWatermark: number
  readonly logStartOffset: number
  readonly recordBytes: number
  /** A preferred replica or a diverging epoch: always told. */
  readonly mustTell: boolean
}

interface Entry {
  asked: AskedPartition
  /** As last told; -1 where they must be told again. */
  highWatermark: number
  logStartOffset: number
}

/** The partitions that one client fetches again and again, and what it was last told of each. */
export class FetchSession {
  readonly id: number
  readonly usesTopicIds: boolean
  readonly isFollower: boolean
  readonly createdMs: number
  lastUsedMs: number
  #epoch: number
  readonly #entries = new Map<string, Entry>()

  constructor(o: {
    id: number
    partitions: readonly AskedPartition[]
    usesTopicIds: boolean
    isFollower: boolean
    createdMs: number
    /** 1 if left out. */
    epoch?: number
  }) {
    this.id = o.id
    this.usesTopicIds = o.usesTopicIds
    this.isFollower = o.isFollower
    this.createdMs = o.createdMs
    this.lastUsedMs = o.createdMs
    this.#epoch = o.epoch ?? FIRST_EPOCH
    this.change(o.partitions, [])
  }

  /** What the next request must carry. */
  get epoch(): number {
    return this.#epoch
  }

  get size(): number {
    return this.#entries.size
  }

  enterNextEpoch(): void {
    this.#epoch = this.#epoch === EPOCH_MAX ? FIRST_EPOCH : this.#epoch + 1
  }

  /** In the order in which they are to be answered. */
  partitions(): AskedPartition[] {
    return Array.from(this.#entries.values(), (entry) => entry.asked)
  }

  change(
    asked: readonly AskedPartition[],
    forgotten: readonly { topic: string; topicId: Uuid; partitions: readonly number[] }[],
  ): void {
    for (const partition of asked) {
      const key = keyOf(partition.topic, partition.topicId, partition.partition)
      const entry = this.#entries.get(key)
      if (entry !== undefined) entry.asked = partition
      else this.#entries.set(key, { asked: partition, highWatermark: UNKNOWN, logStartOffset: UNKNOWN })
    }
    for (const { topic, topicId, partitions } of forgotten) {
      for (const partition of partitions) this.#entries.delete(keyOf(topic, topicId, partition))
    }
  }

  /**
   * Whether a partition's answer is news; what is told is remembered. A partition that had records goes to the end, so that
   * the others have their turn when the next answer is full.
   */
  tells(asked: AskedPartition, fetched: FetchedPartition): boolean {
    const key = keyOf(asked.topic, asked.topicId, asked.partition)
    const entry = this.#entries.get(key)
    if (entry === undefined) return true
    const isNews = differs(entry, fetched)
    // When the error has gone, the partition is to be told again even if nothing else changed.
    entry.highWatermark = fetched.errorCode === ErrorCode.NONE ? fetched.highWatermark : UNKNOWN
    entry.logStartOffset = fetched.logStartOffset
    if (fetched.recordBytes > 0) {
      this.#entries.delete(key)
      this.#entries.set(key, entry)
    }
    return isNews
  }

  /** The same, with nothing remembered. */
  isNews(asked: AskedPartition, fetched: FetchedPartition): boolean {
    const entry = this.#entries.get(keyOf(asked.topic, asked.topicId, asked.partition))
    return entry === undefined || differs(entry, fetched)
  }
}

function differs(entry: Entry, fetched: FetchedPartition): boolean {
  return (
    fetched.recordBytes > 0 ||
    fetched.mustTell ||
    fetched.errorCode !== ErrorCode.NONE ||
    fetched.highWatermark !== entry.highWatermark ||
    fetched.logStartOffset !== entry.logStartOffset
  )
}

function keyOf(topic: string, topicId: Uuid, partition: number): string {
  return topicId === ZERO_UUID ? `${topic}/${partition}` : `${topicId}/${partition}`
}
