import { assert } from '../../base/assert.js'
import type { Timer } from '../../base/clock.js'
import type { Random } from '../../base/random.js'
import { ErrorCode } from '../../protocol/errors.js'
import type { Broker, ClusterClient } from '../cluster-client.js'
import { ClientError, KafkaError } from '../kafka-error.js'
import { TopicLeaders } from '../topic-leaders.js'
import { memoryBytesOf, type ProducerBatch } from './batch.js'
import type { ProducerConfig } from './config.js'
import { expired } from './delivery-error.js'
import { awaitTopic } from './metadata-wait.js'
import { PartitionQueue } from './partition-queue.js'
import { Partitioner } from './partitioner.js'
import { loneRecordBytesMax, type ProducerRecord, recordBytesMax } from './record.js'
import { Sender } from './sender.js'
import { ProducerTransaction } from './transaction.js'

/** Holding more makes nothing faster, it only gives the garbage collector more to do. */
const MEMORY_BYTES = 4 * 1024 * 1024
const BATCHES_HELD = 16

export interface ProducerListener {
  /** Records of one partition have arrived, the first at this offset, the others after it; -1 if that is not known. */
  onArrived?(records: readonly ProducerRecord[], partition: number, baseOffset: number): void
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
  readonly #transaction: ProducerTransaction | null
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
    this.#transaction = config.transaction === null ? null : new ProducerTransaction(client, config.transaction)
    this.#sender = new Sender({
      client,
      config,
      random,
      topic,
      leaders: this.#leaders,
      queues: this.#queues,
      transaction: this.#transaction,
      onArrived: (batch, baseOffset) => {
        listener.onArrived?.(batch.records, batch.partition, baseOffset)
        this.#done(batch)
      },
      onFailed: (batch, errors) => this.#failed(batch, errors),
      onChange: () => this.#pumpSoon(),
      onUnreachable: (broker) => listener.onUnreachable(broker),
    })
  }

  /**
   * Takes a record. The promise, if there is one, resolves when there is room for more: then, and only then, may the next be
   * handed in. A record that cannot be taken is reported to the listener. `stop` ends the wait for the topic.
   * @throws ClientError outside of a transaction, if the producer has a transactional id.
   */
  send(record: ProducerRecord, stop: AbortSignal): Promise<void> | null {
    const misuse = this.#transaction?.refusal() ?? null
    if (misuse !== null) throw misuse
    const refusal = this.#refusal(record)
    if (refusal !== null) {
      this.#lost(record, refusal)
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

  /** For a producer with a transactional id, before anything else. @throws KafkaError or ClientError */
  async initTransactions(): Promise<void> {
    await this.#requireTransaction().init()
  }

  beginTransaction(): void {
    this.#requireTransaction().begin()
  }

  /** Delivers everything, then commits. @throws the reason if a record could not be delivered, or the coordinator refuses. */
  async commitTransaction(): Promise<void> {
    const transaction = this.#requireTransaction()
    await this.flush()
    if (transaction.failure !== null) {
      throw new ClientError('Cannot execute transactional method because we are in an error state', {
        cause: transaction.failure,
      })
    }
    await this.#endTransaction(transaction, true)
  }

  /** Takes back everything since the transaction began. @throws KafkaError or ClientError when the coordinator refuses. */
  async abortTransaction(): Promise<void> {
    const transaction = this.#requireTransaction()
    transaction.fail(new ClientError('The transaction is being aborted.'))
    await this.flush()
    await this.#endTransaction(transaction, false)
  }

  async #endTransaction(transaction: ProducerTransaction, isCommit: boolean): Promise<void> {
    if (!(await transaction.end(isCommit))) return
    for (const queue of this.#queues.values()) queue.restartSequences()
  }

  #requireTransaction(): ProducerTransaction {
    assert(this.#transaction !== null, 'the producer has a transactional id')
    return this.#transaction
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
    else this.#lost(record, failure)
  }

  #accept(record: ProducerRecord): void {
    const bytes = recordBytesMax(record)
    const topic = this.#leaders.topic(this.#topic)!
    const partition = record.partition ?? this.#partitioner.choose(record.key, bytes, topic)
    if (partition >= topic.leaders.length) {
      const range = `[0...${topic.leaders.length})`
      this.#lost(
        record,
        new ClientError(`Invalid partition given with record: ${partition} is not in the range ${range}.`),
      )
      return
    }
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

  #failed(batch: ProducerBatch, errors: readonly Error[]): void {
    for (const [i, error] of errors.entries()) this.#lost(batch.records[i]!, error)
    this.#done(batch)
  }

  /** A transaction that has lost a record cannot be committed. */
  #lost(record: ProducerRecord, error: Error): void {
    this.#transaction?.fail(error)
    this.#listener.onFailed(record, error)
  }

  #done(batch: ProducerBatch): void {
    this.#memoryBytes -= batch.memoryBytes
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
        this.#failed(
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
