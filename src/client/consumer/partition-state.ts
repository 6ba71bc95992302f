import type { TopicPartition } from '../topic-partition.js'
import type { FetchedChunk } from './fetched-chunk.js'
import type { Position } from './positions.js'

/** Where to start reading: an offset, an end of the log, or what `auto.offset.reset` says. */
export type StartPosition = number | 'earliest' | 'latest' | 'reset'

export interface StartingPartition extends TopicPartition {
  readonly start: StartPosition
  /** Of the record before an offset to start from, where it is known. */
  readonly leaderEpoch?: number
}

/** One partition being read. */
export class PartitionState implements TopicPartition {
  readonly topic: string
  readonly partition: number
  /** The next offset to fetch; null until the leader has been asked for it. */
  position: number | null
  /** What to ask the leader for. */
  start: StartPosition

  /** What is being read of it, or was read last. */
  #reading: FetchedChunk | null = null
  /** The position after all of that. */
  #readingEnd = 0
  #startEpoch: number

  constructor({ topic, partition, start, leaderEpoch }: StartingPartition) {
    this.topic = topic
    this.partition = partition
    this.start = start
    this.position = typeof start === 'number' ? start : null
    this.#startEpoch = leaderEpoch ?? -1
  }

  startAt(offset: number, leaderEpoch: number): void {
    this.start = offset
    this.#startEpoch = leaderEpoch
    this.position = offset
  }

  /** Its position is no use: the leader is to be asked for another. */
  reset(): void {
    this.position = null
    this.start = 'reset'
    this.#reading = null
  }

  read(chunk: FetchedChunk): void {
    this.#reading = chunk
    this.#readingEnd = chunk.endPosition()
  }

  /** No more of what is being read. */
  revoke(): void {
    this.#reading?.revoke()
  }

  /**
   * How far it has been read; null while nobody knows where it starts. In the middle of what was fetched the epoch is left out:
   * Kafka's console consumer seeks back to what it has not printed, and a sought position has none.
   */
  consumed(): Position | null {
    const { topic, partition, start } = this
    const offset = this.#reading?.position ?? (typeof start === 'number' ? start : null)
    if (offset === null) return null
    const [end, epoch] =
      this.#reading === null ? [this.position, this.#startEpoch] : [this.#readingEnd, this.#reading.leaderEpoch]
    const leaderEpoch = end === null || end <= offset ? epoch : -1
    return { topic, partition, offset, leaderEpoch }
  }
}
