import type { Random } from '../../base/random.js'
import { ErrorCode, isRetriable, needsFreshMetadata } from '../../protocol/errors.js'
import { Backoff } from '../backoff.js'
import type { BrokerConnection } from '../broker-connection.js'
import type { BrokerLink } from '../broker-link.js'
import { BrokerLinks } from '../broker-links.js'
import { isCallFailure, mayPass } from '../call-failure.js'
import type { Broker, ClusterClient } from '../cluster-client.js'
import { ClientError } from '../kafka-error.js'
import type { LedTopic, TopicLeaders } from '../topic-leaders.js'
import { partitionName } from '../topic-partition.js'
import type { ProducerBatch } from './batch.js'
import type { ProducerConfig } from './config.js'
import { errorsByRecord, type PartitionAnswer } from './delivery-error.js'
import { NO_IDENTITY, nextIdentity, type ProducerIdentity } from './identity.js'
import type { PartitionQueue } from './partition-queue.js'
import { produce } from './produce-call.js'
import type { ProducerTransaction } from './transaction.js'

export interface SenderOptions {
  readonly client: ClusterClient
  readonly config: ProducerConfig
  readonly random: Random
  readonly topic: string
  readonly leaders: TopicLeaders
  readonly queues: ReadonlyMap<number, PartitionQueue>
  readonly transaction: ProducerTransaction | null
  /** The batch has arrived, its first record at this offset; -1 if that is not known. */
  onArrived(batch: ProducerBatch, baseOffset: number): void
  /** The batch has failed for these reasons, one a record. */
  onFailed(batch: ProducerBatch, errors: readonly Error[]): void
  /** Something may be sent that could not before. */
  onChange(): void
  onUnreachable(broker: Broker): void
}

/** What a broker answers that has lost, or never had, what it knows of a producer's sequences. */
const SEQUENCE_ERRORS = new Set<ErrorCode>([
  ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
  ErrorCode.UNKNOWN_PRODUCER_ID,
  ErrorCode.INVALID_PRODUCER_EPOCH,
])

/** Takes ready batches to the leaders of their partitions and decides what each answer means. */
export class Sender {
  readonly #o: SenderOptions
  readonly #links: BrokerLinks
  readonly #backoffs = new Map<number, Backoff>()
  #identity: ProducerIdentity = NO_IDENTITY
  #needsIdentity: boolean
  #isIdentifying = false
  #isEntering = false
  #isRefreshing = false
  #isClosed = false

  constructor(options: SenderOptions) {
    this.#o = options
    this.#needsIdentity = options.config.isIdempotent && options.transaction === null
    this.#links = new BrokerLinks(options.client, options.random, {
      onChange: () => options.onChange(),
      onUnreachable: (broker) => {
        options.onUnreachable(broker)
        this.#refresh()
      },
    })
  }

  /** Sends what is ready at `nowMs`; a batch that could take more waits `lingerMs` for it. */
  send(nowMs: number, lingerMs: number): void {
    const { leaders, topic, queues, config } = this.#o
    const ready = [...queues.values()].filter((queue) => queue.isReady(nowMs, lingerMs))
    if (ready.length === 0 || !this.#mayStart()) return
    const led = leaders.topic(topic)
    if (led === null || leaders.ageMs > config.metadataMaxAgeMs) this.#refresh()
    if (led === null) return
    for (const [leader, mine] of byLeader(this.#entered(ready), led)) {
      if (leader < 0) this.#refresh()
      else this.#sendTo(leader, mine, led, (queue) => queue.isReady(nowMs, lingerMs))
    }
  }

  /** A batch that may or may not have arrived was given up: its sequences cannot be used again. */
  distrustIdentity(): void {
    if (this.#o.transaction === null) this.#needsIdentity = this.#o.config.isIdempotent
    else this.#o.transaction.distrust()
  }

  close(): void {
    this.#isClosed = true
    this.#links.close()
  }

  #sendTo(
    leader: number,
    queues: readonly PartitionQueue[],
    led: LedTopic,
    isReady: (queue: PartitionQueue) => boolean,
  ): void {
    const link = this.#links.to(leader)
    if (link === null) this.#refresh()
    const connection = link?.connection ?? null
    if (link === null || connection === null) return
    while (link.inFlight < this.#o.config.inFlightMax) {
      const ready = queues.filter(isReady)
      if (ready.length === 0) return
      void this.#deliver(link, connection, this.#taken(ready), led)
    }
  }

  /** One batch a partition, as many partitions as a request may hold. */
  #taken(queues: readonly PartitionQueue[]): ProducerBatch[] {
    const batches: ProducerBatch[] = []
    let bytes = 0
    for (const queue of queues) {
      if (batches.length > 0 && bytes + queue.oldest!.bytes > this.#o.config.requestBytesMax) break
      const batch = queue.take(this.#o.config.isIdempotent)
      bytes += batch.bytes
      batches.push(batch)
    }
    return batches
  }

  async #deliver(
    link: BrokerLink,
    connection: BrokerConnection,
    batches: readonly ProducerBatch[],
    topic: LedTopic,
  ): Promise<void> {
    const { config, transaction } = this.#o
    link.inFlight++
    const identity = transaction?.identity ?? this.#identity
    const call = { brokerId: link.broker.id, topic, batches, config, identity, transaction }
    const answers = await produce(connection, call)
    link.inFlight--
    if (this.#isClosed) return
    for (const [i, batch] of batches.entries()) this.#settle(batch, answers[i]!)
    this.#o.onChange()
  }

  #settle(batch: ProducerBatch, answer: PartitionAnswer): void {
    const queue = this.#o.queues.get(batch.partition)!
    const { errorCode } = answer
    if (needsFreshMetadata(errorCode)) this.#refresh()
    if (errorCode === ErrorCode.NONE || errorCode === ErrorCode.DUPLICATE_SEQUENCE_NUMBER) {
      this.#backoffs.delete(batch.partition)
      queue.settle(batch, true)
      this.#o.onArrived(batch, answer.baseOffset)
    } else if (errorCode === ErrorCode.MESSAGE_TOO_LARGE && batch.count > 1) queue.retry(batch, batch.halves())
    else if (this.#mayRetry(batch, errorCode)) {
      batch.failures++
      queue.pausedUntilMs = this.#o.client.clock.monotonicMs() + this.#backoff(batch.partition).next()
      queue.retry(batch, [batch])
    } else {
      if (isRetriable(errorCode)) this.distrustIdentity()
      queue.settle(batch, false)
      this.#o.onFailed(batch, errorsByRecord(batch, answer))
    }
  }

  #mayRetry(batch: ProducerBatch, code: ErrorCode): boolean {
    const { client, config, queues } = this.#o
    if (client.clock.monotonicMs() - batch.createdAtMs >= config.deliveryTimeoutMs) return false
    if (!config.isIdempotent || !SEQUENCE_ERRORS.has(code)) {
      return isRetriable(code) && batch.failures < config.retries
    }
    // In a transaction nothing is sent under another identity before it has ended.
    if (this.#o.transaction !== null && queues.get(batch.partition)!.isFirst(batch)) return false
    // Behind a batch that failed this is as it should be. Without one the broker and we disagree, and only new sequences help.
    if (queues.get(batch.partition)!.isFirst(batch)) this.distrustIdentity()
    return true
  }

  #backoff(partition: number): Backoff {
    const known = this.#backoffs.get(partition)
    if (known !== undefined) return known
    const { retryBackoffMs, retryBackoffMsMax } = this.#o.client.config
    const backoff = new Backoff(retryBackoffMs, retryBackoffMsMax, this.#o.random)
    this.#backoffs.set(partition, backoff)
    return backoff
  }

  /** Whether batches may be sent. Those of a transaction that has failed never will be. */
  #mayStart(): boolean {
    const { transaction } = this.#o
    if (transaction === null) return this.#isIdentified()
    if (transaction.failure === null) return transaction.isOpen
    this.#failAll(new ClientError('Failing batch since transaction was aborted'))
    return false
  }

  /** Those whose partitions may be written to in this transaction; the others are entered first. */
  #entered(queues: readonly PartitionQueue[]): readonly PartitionQueue[] {
    const { transaction, topic } = this.#o
    if (transaction === null) return queues
    const [inside, outside] = [[] as PartitionQueue[], [] as PartitionQueue[]]
    for (const queue of queues) {
      ;(transaction.hasEntered(partitionName({ topic, partition: queue.partition })) ? inside : outside).push(queue)
    }
    if (outside.length > 0 && !this.#isEntering) void this.#enter(transaction, outside)
    return inside
  }

  async #enter(transaction: ProducerTransaction, queues: readonly PartitionQueue[]): Promise<void> {
    this.#isEntering = true
    await transaction.enter(
      this.#o.topic,
      queues.map(({ partition }) => partition),
    )
    this.#isEntering = false
    this.#o.onChange()
  }

  /** Whether there is an identity; gets one if it is missing. */
  #isIdentified(): boolean {
    if (!this.#needsIdentity) return true
    const isQuiet = ![...this.#o.queues.values()].some((queue) => queue.isUnderWay)
    if (isQuiet && !this.#isIdentifying) void this.#identify()
    return false
  }

  async #identify(): Promise<void> {
    this.#isIdentifying = true
    try {
      this.#identity = await nextIdentity(this.#o.client, this.#identity)
      this.#needsIdentity = false
      for (const queue of this.#o.queues.values()) queue.restartSequences()
    } catch (error) {
      if (!isCallFailure(error)) throw error
      if (mayPass(error)) await this.#pause()
      else this.#failAll(error)
    }
    this.#isIdentifying = false
    this.#o.onChange()
  }

  /** Nothing can be sent without an identity, and there is none to be had. */
  #failAll(error: Error): void {
    for (const queue of this.#o.queues.values()) {
      for (const batch of queue.expire(Number.POSITIVE_INFINITY))
        this.#o.onFailed(batch, Array(batch.count).fill(error))
    }
  }

  #refresh(): void {
    if (!this.#isRefreshing && !this.#isClosed) void this.#refreshed()
  }

  /** The pause keeps a topic without leaders from being asked for in a hot loop. */
  async #refreshed(): Promise<void> {
    this.#isRefreshing = true
    try {
      await this.#o.leaders.refresh([this.#o.topic], this.#o.config.requestTimeoutMs)
    } catch (error) {
      if (!isCallFailure(error)) throw error
    }
    this.#o.onChange()
    await this.#pause()
    this.#isRefreshing = false
    this.#o.onChange()
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#o.client.clock.after(this.#o.client.config.retryBackoffMs, resolve))
  }
}

function byLeader(queues: readonly PartitionQueue[], led: LedTopic): Map<number, PartitionQueue[]> {
  const groups = new Map<number, PartitionQueue[]>()
  for (const queue of queues) {
    const leader = led.leaders[queue.partition] ?? -1
    const group = groups.get(leader)
    if (group === undefined) groups.set(leader, [queue])
    else group.push(queue)
  }
  return groups
}
