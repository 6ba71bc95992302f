import type { Timer } from '../../base/clock.js'
import type { Random } from '../../base/random.js'
import { ErrorCode } from '../../protocol/errors.js'
import type { Broker, ClusterClient } from '../cluster-client.js'
import { KafkaError } from '../kafka-error.js'
import { TopicLeaders } from '../topic-leaders.js'
import { memoryBytesOf, type ProducerBatch } from './batch.js'
import type { ProducerConfig } from './config.js'
import { expired } from './delivery-error.js'
import { awaitTopic } from './metadata-wait.js'
import { PartitionQueue } from './partition-queue.js'
import { Partitioner } from './partitioner.js'
import { loneRecordBytesMax, type ProducerRecord, recordBytesMax } from './record.js'
import { Sender } from './sender.js'

/** Holding more makes nothing faster, it only gives the garbage collector more to do. */
const MEMORY_BYTES = 4 * 1024 * 1024
const BATCHES_HELD = 16

export interface ProducerListener {
  /** The record did not arrive, or it is not known whether it did. */
  onFailed(record: ProducerRecord, error: Error): void
  /** Topics of which the brokers cannot say all. */
  onTopicIssues(issues: ReadonlyMap<string, ErrorCode>): void
  /** Nobody answers at a broker's address. */
  onUnreachable(broker: Broker): void
}

export interface ProducerOptions {
  readonly client: ClusterClient
  readonly config: ProducerConfig
  readonly random: Random
  readonly topic: string
  readonly listener: ProducerListener
}

/**
 * Sends records to one topic as Kafka's Java producer does: batches per partition, several requests under way, each batch
 * told apart by id and sequence, order kept when something must be sent again.
 */
export class Producer {
  readonly #config: ProducerConfig
  readonly #client: ClusterClient
  readonly #topic: string
  readonly #listener: ProducerListener
  readonly #leaders: TopicLeaders
  readonly #partitioner: Partitioner
  readonly #sender: Sender
  readonly #queues = new Map<number, PartitionQueue>()
  readonly #memoryBytesMax: number
  #memoryBytes = 0
  #flushes = 0
  #isPumpDue = false
  #isClosed = false
  #wake: Timer | null = null
  #wakeAtMs = Number.POSITIVE_INFINITY
  #waiting: (() => void)[] = []

  constructor({ client, config, random, topic, listener }: ProducerOptions) {
    this.#client = client
    this.#config = config
    this.#memoryBytesMax = Math.min(config.memoryBytesMax, Math.max(MEMORY_BYTES, BATCHES_HELD * config.batchBytes))
    this.#topic = topic
    this.#listener = listener
    this.#leaders = new TopicLeaders(client, {
      createsTopics: true,
      onIssues: (issues) => listener.onTopicIssues(issues),
    })
    this.#partitioner = new Partitioner(config, random)
    this.#sender = new Sender({
      client,
      config,
      random,
      topic,
      leaders: this.#leaders,
      queues: this.#queues,
      onDone: (batch, errors) => this.#done(batch, errors),
      onChange: () => this.#pumpSoon(),
      onUnreachable: (broker) => listener.onUnreachable(broker),
    })
  }

  /**
   * Takes a record. The promise, if there is one, resolves when there is room for more: then, and only then, may the next be
   * handed in. A record that cannot be taken is reported to the listener. `stop` ends the wait for the topic.
   */
  send(record: ProducerRecord, stop: AbortSignal): Promise<void> | null {
    const refusal = this.#refusal(record)
    if (refusal !== null) {
      this.#listener.onFailed(record, refusal)
      return null
    }
    if (this.#leaders.topic(this.#topic) === null) return this.#sendWhenKnown(record, stop)
    this.#accept(record)
    return this.#memoryBytes < this.#memoryBytesMax ? null : this.#room()
  }

  /** Sends what waits without lingering, and resolves when every record handed in has arrived or failed. */
  async flush(): Promise<void> {
    this.#flushes++
    this.#pumpSoon()
    while (!this.#isIdle() && !this.#isClosed) await this.#change()
    this.#flushes--
  }

  /** At once: what has not been sent is lost without a word. */
  close(): void {
    this.#isClosed = true
    this.#wake?.cancel()
    this.#sender.close()
    this.#changed()
  }

  #refusal(record: ProducerRecord): KafkaError | null {
    const bytes = loneRecordBytesMax(record)
    const { requestBytesMax, memoryBytesMax } = this.#config
    const limit =
      bytes > requestBytesMax
        ? `${requestBytesMax}, which is the value of the max.request.size configuration.`
        : bytes > memoryBytesMax
          ? `the total memory buffer you have configured with the buffer.memory configuration.`
          : null
    if (limit === null) return null
    return new KafkaError(
      ErrorCode.MESSAGE_TOO_LARGE,
      `The message is ${bytes} bytes when serialized which is larger than ${limit}`,
    )
  }

  async #sendWhenKnown(record: ProducerRecord, stop: AbortSignal): Promise<void> {
    const failure = await awaitTopic(this.#client, this.#leaders, this.#topic, this.#config.maxBlockMs, stop)
    if (failure === null) this.#accept(record)
    else this.#listener.onFailed(record, failure)
  }

  #accept(record: ProducerRecord): void {
    const bytes = recordBytesMax(record)
    const partition = this.#partitioner.choose(record.key, bytes, this.#leaders.topic(this.#topic)!)
    const now = this.#client.clock.monotonicMs()
    const isComplete = this.#queue(partition).add(record, bytes, this.#config.batchBytes, now)
    this.#memoryBytes += memoryBytesOf(bytes)
    if (isComplete) this.#pumpSoon()
    else this.#wakeAt(now + this.#config.lingerMs)
  }

  #queue(partition: number): PartitionQueue {
    let queue = this.#queues.get(partition)
    if (queue === undefined) {
      queue = new PartitionQueue(partition)
      this.#queues.set(partition, queue)
    }
    return queue
  }

  #done(batch: ProducerBatch, errors: readonly Error[] | null): void {
    this.#memoryBytes -= batch.memoryBytes
    for (const [i, error] of (errors ?? []).entries()) this.#listener.onFailed(batch.records[i]!, error)
    this.#changed()
  }

  /** Everything of one turn of the event loop is looked at together. */
  #pumpSoon(): void {
    if (this.#isPumpDue || this.#isClosed) return
    this.#isPumpDue = true
    queueMicrotask(() => {
      this.#isPumpDue = false
      if (!this.#isClosed) this.#pump()
    })
  }

  #pump(): void {
    const now = this.#client.clock.monotonicMs()
    this.#expire(now)
    const isHurried = this.#flushes > 0 || this.#memoryBytes >= this.#memoryBytesMax
    const lingerMs = isHurried ? 0 : this.#config.lingerMs
    this.#sender.send(now, lingerMs)
    for (const queue of this.#queues.values()) {
      const { oldest } = queue
      const lookAtMs = queue.nextLookMs(lingerMs)
      if (lookAtMs > now) this.#wakeAt(lookAtMs)
      if (oldest !== null) this.#wakeAt(oldest.createdAtMs + this.#config.deliveryTimeoutMs)
    }
  }

  #expire(now: number): void {
    for (const queue of this.#queues.values()) {
      for (const batch of queue.expire(now - this.#config.deliveryTimeoutMs)) {
        if (batch.sequence !== null) this.#sender.distrustIdentity()
        const error = expired(batch, this.#topic, now - batch.createdAtMs)
        this.#done(
          batch,
          batch.records.map(() => error),
        )
      }
    }
  }

  #wakeAt(momentMs: number): void {
    if (momentMs >= this.#wakeAtMs || this.#isClosed) return
    this.#wake?.cancel()
    this.#wakeAtMs = momentMs
    this.#wake = this.#client.clock.after(Math.max(0, momentMs - this.#client.clock.monotonicMs()), () => {
      this.#wakeAtMs = Number.POSITIVE_INFINITY
      this.#pumpSoon()
    })
  }

  async #room(): Promise<void> {
    this.#pumpSoon()
    while (this.#memoryBytes >= this.#memoryBytesMax && !this.#isClosed) await this.#change()
  }

  #isIdle(): boolean {
    return [...this.#queues.values()].every((queue) => queue.isEmpty)
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
