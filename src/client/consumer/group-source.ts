import type { Clock, Timer } from '../../base/clock.js'
import type { Random } from '../../base/random.js'
import { type Uuid, ZERO_UUID } from '../../bytes/uuid.js'
import { ErrorCode, isRetriable } from '../../protocol/errors.js'
import { Backoff } from '../backoff.js'
import type { Address } from '../bootstrap.js'
import type { ClusterClient } from '../cluster-client.js'
import { CallTimeout, ClientError, KafkaError } from '../kafka-error.js'
import { TopicLeaders } from '../topic-leaders.js'
import { partitionName, type TopicPartition } from '../topic-partition.js'
import type { ConsumerConfig } from './config.js'
import type { FetchedChunk } from './fetched-chunk.js'
import { Fetcher, topicFailure } from './fetcher.js'
import { GroupMember, type Standing } from './group-member.js'
import { commitPositions, committedPositions, type Position } from './positions.js'
import type { RecordSource } from './record-source.js'
import type { Subscription } from './subscription.js'

export interface GroupSourceOptions {
  readonly client: ClusterClient
  /** Joining parks on connections of its own. */
  readonly joinClient: ClusterClient
  readonly config: ConsumerConfig & { readonly groupId: string }
  readonly subscription: Subscription
  readonly random: Random
  onUnreachable(address: Address): void
  /** These are read from now on. */
  onAssigned?(partitions: readonly TopicPartition[]): void
  /** These are given back. */
  onRevoked?(partitions: readonly TopicPartition[]): void
}

/** How long the last commit may take when the consumer ends. */
const LAST_COMMIT_MS = 5000

/** Records of the partitions that a consumer group gives to this member, from wherever the group stands. */
export class GroupSource implements RecordSource {
  readonly #o: GroupSourceOptions
  readonly #clock: Clock
  readonly #member: GroupMember
  readonly #fetcher: Fetcher
  /** How far we had read what we gave back to be divided again. */
  #own = new Map<string, Position>()
  /** The offsets that the group is known to have committed. */
  readonly #committed = new Map<string, number>()
  #assigned: readonly TopicPartition[] | null = null
  #life: Promise<void> | null = null
  #isClosed = false
  #wake: () => void = () => {}

  constructor(options: GroupSourceOptions) {
    const { client, joinClient, config, random } = options
    this.#o = options
    this.#clock = client.clock
    const countPartitions = (topics: readonly string[]) => this.#untilAnswered(() => partitionCounts(client, topics))
    this.#member = new GroupMember({
      ...{ client, joinClient, config, countPartitions },
      owned: () => (config.isCooperative ? (this.#assigned ?? []) : []),
      onLost: () => this.#lose(),
    })
    const leaders = new TopicLeaders(client, { createsTopics: false })
    const onUnreachable = (address: Address): void => options.onUnreachable(address)
    this.#fetcher = new Fetcher({ client, config, random, leaders, onUnreachable })
  }

  poll(timeoutMs: number, stop: AbortSignal): Promise<FetchedChunk | null> {
    this.#life ??= this.#live()
    return this.#fetcher.poll(timeoutMs, stop)
  }

  /** Commits what has been read and leaves the group. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#wake()
    await this.#commit(this.#fetcher.positions(), LAST_COMMIT_MS)
    this.#giveBack()
    await this.#member.leave()
    this.#fetcher.close()
    this.#o.client.close()
    this.#o.joinClient.close()
  }

  /** Commits these positions now, whether or not that happens by itself. @throws KafkaError */
  async commit(positions: readonly Position[]): Promise<void> {
    const { client, config, subscription } = this.#o
    const topicId = (topic: string): Uuid => subscription.topicId(topic) ?? ZERO_UUID
    await commitPositions(client, this.#member.committer, positions, topicId, config.client.apiTimeoutMs)
    for (const position of positions) this.#committed.set(partitionName(position), position.offset)
  }

  async #live(): Promise<void> {
    try {
      while (!this.#isClosed) await this.#liveOneGeneration()
    } catch (error) {
      if (this.#isClosed) return
      if (!(error instanceof KafkaError || error instanceof ClientError)) throw error
      this.#fetcher.fail(error)
    }
  }

  async #liveOneGeneration(): Promise<void> {
    const { subscription, config } = this.#o
    if (subscription.ageMs === Number.POSITIVE_INFINITY && !(await this.#hasRefreshed())) return
    const [topics, shape] = [subscription.topics, subscription.shape]
    if (config.isCooperative) await this.#giveUp((this.#assigned ?? []).filter(({ topic }) => !topics.includes(topic)))
    const partitions = await this.#member.join(topics)
    if (partitions === null || this.#isClosed) return
    // What was given back can be given to others only when the group comes together again (KIP-429).
    if (await this.#take(partitions)) return
    const standing = await this.#stay(topics, shape)
    if (this.#isClosed || standing === 'lost') return
    const positions = this.#fetcher.positions()
    if (!config.isCooperative) this.#giveBackAll(positions)
    await this.#commit(positions, config.client.requestTimeoutMs)
  }

  /** Reads this share from now on; goes on with what of it is being read already. Whether anything was given up for it. */
  async #take(share: readonly TopicPartition[]): Promise<boolean> {
    const before = this.#assigned ?? []
    const isIn = (partitions: readonly TopicPartition[]): ((each: TopicPartition) => boolean) => {
      const names = new Set(partitions.map(partitionName))
      return (partition) => names.has(partitionName(partition))
    }
    const [hadBefore, isShared] = [isIn(before), isIn(share)]
    const gone = before.filter((partition) => !isShared(partition))
    await this.#giveUp(gone)
    await this.#read(share.filter((partition) => !hadBefore(partition)))
    this.#assigned = share
    return gone.length > 0
  }

  /** Goes on where this member was before the partitions were divided again, where the group stands, or by the reset rule. */
  async #read(partitions: readonly TopicPartition[]): Promise<void> {
    const { client, config } = this.#o
    const unknown = partitions.filter((partition) => !this.#own.has(partitionName(partition)))
    const committed = await this.#untilAnswered(() => committedPositions(client, config.groupId, unknown))
    for (const [name, { offset }] of committed) this.#committed.set(name, offset)
    const starts = partitions.map((partition) => {
      const name = partitionName(partition)
      const known = this.#own.get(name) ?? committed.get(name)
      if (known === undefined) return { ...partition, start: 'reset' as const }
      return { ...partition, start: known.offset, leaderEpoch: known.leaderEpoch }
    })
    this.#fetcher.add(starts)
    this.#o.onAssigned?.(partitions)
  }

  /** Reads these no more, and leaves word of how far they were read. */
  async #giveUp(partitions: readonly TopicPartition[]): Promise<void> {
    if (partitions.length === 0) return
    const names = new Set(partitions.map(partitionName))
    const positions = this.#fetcher.positions().filter((position) => names.has(partitionName(position)))
    this.#fetcher.remove(partitions)
    this.#assigned = (this.#assigned ?? []).filter((partition) => !names.has(partitionName(partition)))
    this.#o.onRevoked?.(partitions)
    await this.#commit(positions, this.#o.config.client.requestTimeoutMs)
  }

  /** Everything is divided anew; what comes back is gone on with. */
  #giveBackAll(positions: readonly Position[]): void {
    this.#fetcher.assign([])
    this.#giveBack()
    this.#own = new Map(positions.map((position) => [partitionName(position), position]))
  }

  /** Who has lost the partitions must not go on where it was, but where the group is; without commits that is nowhere. */
  #lose(): void {
    const positions = this.#assigned === null ? [...this.#own.values()] : this.#fetcher.positions()
    this.#giveBackAll(this.#o.config.isAutoCommit ? [] : positions)
  }

  #giveBack(): void {
    if (this.#assigned !== null) this.#o.onRevoked?.(this.#assigned)
    this.#assigned = null
  }

  /** Keeps the place in the group until it has to be joined again. */
  async #stay(topics: readonly string[], shape: string): Promise<Exclude<Standing, 'member'>> {
    const { config, subscription } = this.#o
    let heartbeatMs = this.#clock.monotonicMs() + config.heartbeatIntervalMs
    let commitMs = this.#clock.monotonicMs() + config.autoCommitIntervalMs
    let backoff = this.#newBackoff()
    let refreshMs = this.#refreshAt(backoff)
    for (;;) {
      await this.#sleepUntil(Math.min(heartbeatMs, refreshMs, config.isAutoCommit ? commitMs : heartbeatMs))
      if (this.#isClosed) return 'rebalancing'
      const now = this.#clock.monotonicMs()
      if (now >= heartbeatMs) {
        const standing = await this.#heartbeat()
        if (standing !== 'member') return standing
        heartbeatMs = now + config.heartbeatIntervalMs
      }
      if (now >= commitMs) {
        await this.#commit(this.#fetcher.positions(), config.client.requestTimeoutMs)
        commitMs = now + config.autoCommitIntervalMs
      }
      if (now >= refreshMs) {
        await this.#hasRefreshed()
        if (subscription.topics.join() !== topics.join()) return 'rebalancing'
        if (this.#member.isLeader && subscription.shape !== shape) return 'rebalancing'
        if (subscription.issues.size === 0) backoff = this.#newBackoff()
        refreshMs = this.#refreshAt(backoff)
      }
    }
  }

  /** A coordinator that does not answer takes nobody's place away: it is asked again. */
  async #heartbeat(): Promise<Standing> {
    try {
      return await this.#member.heartbeat()
    } catch (error) {
      if (error instanceof CallTimeout) return 'member'
      throw error
    }
  }

  /** A topic that is missing may come at any moment. */
  #refreshAt(backoff: Backoff): number {
    const { subscription, config } = this.#o
    const delayMs = subscription.issues.size > 0 ? backoff.next() : config.metadataMaxAgeMs - subscription.ageMs
    return this.#clock.monotonicMs() + Math.max(0, delayMs)
  }

  /** False when no broker answered. @throws KafkaError when a topic can never be read. */
  async #hasRefreshed(): Promise<boolean> {
    const { subscription } = this.#o
    try {
      await subscription.refresh()
    } catch (error) {
      if (error instanceof CallTimeout) return false
      throw error
    }
    const failure = topicFailure(subscription.issues)
    if (failure !== null) throw failure
    return true
  }

  async #commit(positions: readonly Position[], timeoutMs: number): Promise<void> {
    const { client, config, subscription } = this.#o
    if (!config.isAutoCommit || !this.#member.hasJoined) return
    const isNew = (position: Position): boolean => this.#committed.get(partitionName(position)) !== position.offset
    const changed = positions.filter(isNew)
    const topicId = (topic: string): Uuid => subscription.topicId(topic) ?? ZERO_UUID
    try {
      await commitPositions(client, this.#member.committer, changed, topicId, timeoutMs)
      for (const position of changed) this.#committed.set(partitionName(position), position.offset)
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      if (!isPassing(error.code)) this.#fetcher.fail(error)
    }
  }

  async #untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask()
      } catch (error) {
        if (!(error instanceof CallTimeout) || this.#isClosed) throw error
      }
    }
  }

  async #sleepUntil(momentMs: number): Promise<void> {
    if (this.#isClosed) return
    let timer: Timer | null = null
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      timer = this.#clock.after(Math.max(0, momentMs - this.#clock.monotonicMs()), resolve)
    })
    ;(timer as Timer | null)?.cancel()
  }

  #newBackoff(): Backoff {
    const { retryBackoffMs, retryBackoffMsMax } = this.#o.config.client
    return new Backoff(retryBackoffMs, retryBackoffMsMax, this.#o.random)
  }
}

/** Refusals of a commit after which a later one may succeed, or the next heartbeat says what to do. */
function isPassing(code: ErrorCode): boolean {
  return isRetriable(code) || FOR_THE_HEARTBEAT.has(code)
}

const FOR_THE_HEARTBEAT = new Set<ErrorCode>([
  ErrorCode.ILLEGAL_GENERATION,
  ErrorCode.UNKNOWN_MEMBER_ID,
  ErrorCode.REBALANCE_IN_PROGRESS,
])

async function partitionCounts(client: ClusterClient, topics: readonly string[]): Promise<Map<string, number>> {
  const leaders = new TopicLeaders(client, { createsTopics: false })
  await leaders.refresh(topics, client.config.apiTimeoutMs)
  const known = topics.map((name) => leaders.topic(name)).filter((topic) => topic !== null)
  return new Map(known.map((topic) => [topic.name, topic.leaders.length]))
}
