import type { Timer } from '../../base/clock.js'
import type { Random } from '../../base/random.js'
import { ErrorCode, isRetriable, needsFreshMetadata } from '../../protocol/errors.js'
import { Backoff } from '../backoff.js'
import type { Address } from '../bootstrap.js'
import type { BrokerConnection } from '../broker-connection.js'
import type { BrokerLink } from '../broker-link.js'
import { BrokerLinks } from '../broker-links.js'
import { isCallFailure, mayPass } from '../call-failure.js'
import type { ClusterClient } from '../cluster-client.js'
import { ClientError, KafkaError } from '../kafka-error.js'
import type { TopicLeaders } from '../topic-leaders.js'
import { partitionName, type TopicPartition } from '../topic-partition.js'
import type { ConsumerConfig } from './config.js'
import { type Fetched, fetch } from './fetch-call.js'
import { FetchedChunk } from './fetched-chunk.js'
import { PartitionState, type StartingPartition } from './partition-state.js'
import type { Position } from './positions.js'
import { findStartOffsets } from './start-offsets.js'

export interface FetcherOptions {
  readonly client: ClusterClient
  readonly config: ConsumerConfig
  readonly random: Random
  readonly leaders: TopicLeaders
  onUnreachable(address: Address): void
}

/**
 * Reads partitions from their leaders: one fetch under way a broker, the next one sent while what came is being read. At most
 * two fetches a broker are in memory.
 */
export class Fetcher {
  readonly #o: FetcherOptions
  readonly #links: BrokerLinks
  #states: PartitionState[] = []
  readonly #chunks: { readonly state: PartitionState; readonly leader: number; readonly chunk: FetchedChunk }[] = []
  #failure: Error | null = null
  #backoff: Backoff
  #isFindingStarts = false
  #isRefreshing = false
  #isPumpDue = false
  #isClosed = false
  #waiting: (() => void)[] = []

  constructor(options: FetcherOptions) {
    this.#o = options
    this.#backoff = this.#newBackoff()
    this.#links = new BrokerLinks(options.client, options.random, {
      onChange: () => this.#pumpSoon(),
      onUnreachable: (broker) => {
        options.onUnreachable(broker)
        this.#refresh()
      },
    })
  }

  /** Reads these from now on, and no others. What was fetched of others is dropped. */
  assign(partitions: readonly StartingPartition[]): void {
    this.remove(this.#states)
    this.add(partitions)
  }

  /** Reads these too. */
  add(partitions: readonly StartingPartition[]): void {
    this.#states.push(...partitions.map((partition) => new PartitionState(partition)))
    this.#pumpSoon()
  }

  /** Reads these no more. What was fetched of them is dropped. */
  remove(partitions: readonly TopicPartition[]): void {
    const names = new Set(partitions.map(partitionName))
    const isGone = (state: PartitionState): boolean => names.has(partitionName(state))
    for (const state of this.#states.filter(isGone)) state.revoke()
    const left = this.#chunks.filter(({ state }) => !isGone(state))
    this.#chunks.splice(0, this.#chunks.length, ...left)
    this.#states = this.#states.filter((state) => !isGone(state))
    this.#pumpSoon()
  }

  /**
   * What was fetched next; null when `timeoutMs` passes without anything, or `stop` fires.
   * @throws KafkaError or ClientError when reading on is no use.
   */
  async poll(timeoutMs: number, stop: AbortSignal): Promise<FetchedChunk | null> {
    const endsAtMs = this.#o.client.clock.monotonicMs() + timeoutMs
    for (;;) {
      if (this.#failure !== null) throw this.#failure
      const next = this.#chunks.shift()
      if (next !== undefined) {
        next.state.read(next.chunk)
        this.#pumpSoon()
        return next.chunk
      }
      const leftMs = endsAtMs - this.#o.client.clock.monotonicMs()
      if (leftMs <= 0 || stop.aborted || this.#isClosed) return null
      await this.#change(leftMs, stop)
    }
  }

  /** How far each partition has been read, as far as that is known. */
  positions(): Position[] {
    return this.#states.map((state) => state.consumed()).filter((position) => position !== null)
  }

  /** Reading on is no use: `poll` throws this from now on. */
  fail(error: Error): void {
    this.#failure ??= error
    this.#changed()
  }

  close(): void {
    this.#isClosed = true
    this.#links.close()
    this.#changed()
  }

  /** Everything of one turn of the event loop is looked at together. */
  #pumpSoon(): void {
    if (this.#isPumpDue || this.#isClosed) return
    this.#isPumpDue = true
    queueMicrotask(() => {
      this.#isPumpDue = false
      if (!this.#isClosed && this.#failure === null) this.#pump()
    })
  }

  #pump(): void {
    const { leaders, config } = this.#o
    if (this.#states.length === 0) return
    if (leaders.ageMs > config.metadataMaxAgeMs) this.#refresh()
    const led = new Map<number, PartitionState[]>()
    for (const state of this.#states) {
      const leader = this.#leaderOf(state)
      if (leader < 0) this.#refresh()
      else led.set(leader, [...(led.get(leader) ?? []), state])
    }
    const lost = [...led.values()].flat().filter((state) => state.position === null)
    if (lost.length > 0) void this.#findStarts(lost)
    for (const [leader, states] of led) this.#fetchFrom(leader, states)
  }

  #leaderOf({ topic, partition }: PartitionState): number {
    return this.#o.leaders.topic(topic)?.leaders[partition] ?? -1
  }

  /** Not while something of this broker waits to be read: a fetch of the others alone would wait for news of them. */
  #fetchFrom(leader: number, states: readonly PartitionState[]): void {
    const link = this.#links.to(leader)
    if (link === null) this.#refresh()
    const connection = link?.connection ?? null
    const isBusy = this.#chunks.some((chunk) => chunk.leader === leader)
    if (link === null || connection === null || link.inFlight > 0 || isBusy) return
    const ready = states.filter((state) => state.position !== null)
    if (ready.length > 0) void this.#fetch(link, connection, ready)
  }

  async #fetch(link: BrokerLink, connection: BrokerConnection, states: readonly PartitionState[]): Promise<void> {
    const { config, leaders } = this.#o
    const wanted = states.map(({ topic, partition, position }) => ({ topic, partition, fromOffset: position! }))
    link.inFlight++
    try {
      const answers = await fetch(connection, wanted, config, (name) => leaders.topic(name)!)
      for (const answer of answers) this.#take(answer, link.broker.id)
      this.#backoff = this.#newBackoff()
    } catch (error) {
      if (!isCallFailure(error)) throw error
      if (mayPass(error)) this.#refresh()
      else this.#failure ??= error
    }
    link.inFlight--
    this.#changed()
    this.#pumpSoon()
  }

  #take(answer: Fetched, leader: number): void {
    const { config } = this.#o
    const at = this.#states.findIndex(
      (state) =>
        state.topic === answer.topic && state.partition === answer.partition && state.position === answer.fromOffset,
    )
    const state = this.#states[at]
    if (state === undefined) return
    if (answer.errorCode !== ErrorCode.NONE) {
      this.#noteError(state, answer.errorCode)
      return
    }
    const aborted = config.isReadCommitted ? answer.aborted : null
    const chunk = new FetchedChunk({ ...answer, aborted, checksCrcs: config.checksCrcs })
    const end = chunk.endPosition()
    if (end === answer.fromOffset) return
    state.position = end
    this.#chunks.push({ state, leader, chunk })
    // Whoever got something goes to the end of the line, so that the limit of one answer starves nobody.
    this.#states.push(...this.#states.splice(at, 1))
  }

  #noteError(state: PartitionState, code: ErrorCode): void {
    if (code === ErrorCode.OFFSET_OUT_OF_RANGE) {
      const lostAt = state.position
      state.reset()
      if (this.#o.config.offsetReset === 'none') {
        this.#failure = new ClientError(
          `Fetch position ${lostAt} is out of range for partition ${partitionName(state)}`,
        )
      }
    } else if (isRetriable(code) || needsFreshMetadata(code)) this.#refresh()
    else this.#failure = new KafkaError(code)
  }

  async #findStarts(states: readonly PartitionState[]): Promise<void> {
    if (this.#isFindingStarts) return
    this.#isFindingStarts = true
    try {
      await findStartOffsets(this.#o.client, states, this.#o.config)
    } catch (error) {
      if (!isCallFailure(error)) throw error
      if (mayPass(error)) await this.#pause()
      else this.#failure ??= error
    }
    this.#isFindingStarts = false
    this.#changed()
    this.#pumpSoon()
  }

  #refresh(): void {
    if (!this.#isRefreshing && !this.#isClosed) void this.#refreshed()
  }

  /** The pause keeps a topic without leaders from being asked for in a hot loop. */
  async #refreshed(): Promise<void> {
    this.#isRefreshing = true
    const { leaders, config } = this.#o
    try {
      await leaders.refresh([...new Set(this.#states.map(({ topic }) => topic))], config.client.requestTimeoutMs)
      this.#failure ??= topicFailure(leaders.issues)
    } catch (error) {
      if (!isCallFailure(error)) throw error
      if (!mayPass(error)) this.#failure ??= error
    }
    this.#changed()
    this.#pumpSoon()
    await this.#pause()
    this.#isRefreshing = false
    this.#pumpSoon()
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#o.client.clock.after(this.#backoff.next(), resolve))
  }

  #newBackoff(): Backoff {
    const { retryBackoffMs, retryBackoffMsMax } = this.#o.config.client
    return new Backoff(retryBackoffMs, retryBackoffMsMax, this.#o.random)
  }

  /** Resolves when something has happened, `delayMs` has passed or `stop` fires. */
  async #change(delayMs: number, stop: AbortSignal): Promise<void> {
    let timer: Timer | null = null
    let wake = (): void => {}
    await new Promise<void>((resolve) => {
      wake = resolve
      this.#waiting.push(resolve)
      stop.addEventListener('abort', wake)
      if (Number.isFinite(delayMs)) timer = this.#o.client.clock.after(delayMs, resolve)
    })
    stop.removeEventListener('abort', wake)
    ;(timer as Timer | null)?.cancel()
    this.#waiting = this.#waiting.filter((waiting) => waiting !== wake)
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

/** What no waiting will mend, in Kafka's words. */
export function topicFailure(issues: ReadonlyMap<string, ErrorCode>): KafkaError | null {
  const named = (wanted: ErrorCode): string =>
    [...issues].flatMap(([topic, code]) => (code === wanted ? [topic] : [])).join(', ')
  const invalid = named(ErrorCode.INVALID_TOPIC_EXCEPTION)
  if (invalid !== '') return new KafkaError(ErrorCode.INVALID_TOPIC_EXCEPTION, `Invalid topics: [${invalid}]`)
  const forbidden = named(ErrorCode.TOPIC_AUTHORIZATION_FAILED)
  if (forbidden === '') return null
  return new KafkaError(ErrorCode.TOPIC_AUTHORIZATION_FAILED, `Not authorized to access topics: [${forbidden}]`)
}
