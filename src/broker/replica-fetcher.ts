import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { Fetch } from '../protocol/messages/fetch.js'
import type { ReadResponse, WriteRequest } from '../protocol/schema.js'
import type { BrokerConfig } from './broker-config.js'
import { hasReplicaSelector } from './closest-replica.js'
import type { OtherBrokers } from './other-brokers.js'
import type { Partition } from './partition.js'
import { type FetchedPartition, type Intake, takeFetched } from './replica-intake.js'
import { resetReplica } from './replica-reset.js'
import type { ReplicaThrottle } from './replication-throttles.js'

const FETCH_VERSION = 18
/** The first pause after an answer that was none; each further one is twice as long, up to `replica.fetch.backoff.ms`. */
const RETRY_MS = 25
/** How long a request that waits for records is left alone before it is given up for one about more partitions. */
const GATHER_MS = 5
/** Before a replica that is held back by a throttle is looked at again, at most. */
const HELD_BACK_MS = 100

export interface ReplicaFetcherOptions {
  readonly nodeId: number
  readonly leaderId: number
  /** Of this broker, as it is registered. */
  readonly brokerEpoch: () => number
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly log: Log
  /** A way to the leader that nobody else uses: a request that waits there holds up all that come behind it. */
  readonly connect: () => OtherBrokers
  readonly truncate: (partition: Partition, offset: number) => number
  readonly throttle: ReplicaThrottle
}

interface Followed {
  readonly partition: Partition
  readonly leaderEpoch: number
  misses: number
  /** By the monotonic clock; not asked for before. */
  notBeforeMs: number
  /** Has all that was committed by the last answer: never held back, so that it stays in sync. */
  isInSync: boolean
}

/** Follows one leader with all the replicas that it leads: one request after the other asks for what comes next in each log. */
export class ReplicaFetcher {
  readonly #options: ReplicaFetcherOptions
  readonly #followed = new Map<string, Followed>()
  #link: OtherBrokers | null = null
  /** What the request under way asks for. */
  #asked: ReadonlySet<Followed> | null = null
  #isRunning = false
  #isReachable = true
  #misses = 0
  #nudge: { readonly atMs: number; readonly timer: Timer } | null = null
  #wake: () => void = () => {}

  constructor(options: ReplicaFetcherOptions) {
    this.#options = options
  }

  add(partition: Partition): void {
    const { leaderEpoch } = partition
    this.#followed.set(keyOf(partition), { partition, leaderEpoch, misses: 0, notBeforeMs: 0, isInSync: false })
    if (this.#isRunning) this.#nudgeIn(this.#asked === null ? 0 : GATHER_MS)
    else void this.#run()
  }

  remove(partition: Partition): void {
    this.#followed.delete(keyOf(partition))
    if (this.#followed.size === 0) this.close()
  }

  close(): void {
    this.#followed.clear()
    this.#nudge?.timer.cancel()
    this.#nudge = null
    this.#drop()
    this.#wake()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    // What comes in the same tick is asked for together.
    await Promise.resolve()
    while (this.#followed.size > 0) {
      const due = this.#due()
      const later = this.#msUntilNext()
      if (later !== null) this.#nudgeIn(later)
      if (due.length > 0) await this.#fetch(due)
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
    this.#isRunning = false
  }

  async #fetch(due: readonly Followed[]): Promise<void> {
    const { leaderId, log, connect } = this.#options
    this.#link ??= connect()
    const link = this.#link
    this.#asked = new Set(due)
    try {
      let giveBack = (): void => {}
      const response = await link.call(leaderId, Fetch, FETCH_VERSION, this.#request(due), (back) => {
        giveBack = back
      })
      this.#asked = null
      this.#misses = 0
      if (!this.#isReachable) log.info(`Broker ${leaderId} is followed again`)
      this.#isReachable = true
      // What is not in the file, though it was to be, may still be looked at.
      if (await this.#take(response, link)) giveBack()
    } catch (error) {
      this.#asked = null
      // Given up on purpose: there is something else to ask for.
      if (this.#link !== link) return
      const reason = error instanceof Error ? error.message : String(error)
      if (this.#isReachable)
        log.info(`Broker ${leaderId}, which leads what is followed here, does not answer: ${reason}`)
      this.#isReachable = false
      this.#misses++
      for (const followed of due) this.#postpone(followed, this.#misses)
    }
  }

  #request(due: readonly Followed[]): WriteRequest<typeof Fetch> {
    const { nodeId, brokerEpoch, config } = this.#options
    const partitionMaxBytes = config.int('replica.fetch.max.bytes')
    const tellsCommitted = hasReplicaSelector(config)
    const topics = new Map<string, WriteRequest<typeof Fetch>['topics'][number]['partitions'][number][]>()
    for (const { partition, leaderEpoch } of due) {
      const { log, topicId, index } = partition
      const asked = {
        partition: index,
        currentLeaderEpoch: leaderEpoch,
        fetchOffset: log.logEndOffset,
        lastFetchedEpoch: log.leaderEpochs.latestEpoch,
        logStartOffset: log.logStartOffset,
        partitionMaxBytes,
        // Where consumers read here they are to see soon what is committed.
        ...(tellsCommitted && { highWatermark: log.highWatermark }),
      }
      const others = topics.get(topicId)
      if (others === undefined) topics.set(topicId, [asked])
      else others.push(asked)
    }
    return {
      replicaState: { replicaId: nodeId, replicaEpoch: brokerEpoch() },
      maxWaitMs: config.int('replica.fetch.wait.max.ms'),
      minBytes: config.int('replica.fetch.min.bytes'),
      maxBytes: config.int('replica.fetch.response.max.bytes'),
      topics: [...topics].map(([topicId, partitions]) => ({ topicId, partitions })),
      forgottenTopicsData: [],
    }
  }

  /** Whether everything that came has been written. */
  async #take({ responses }: ReadResponse<typeof Fetch>, link: OtherBrokers): Promise<boolean> {
    let isWritten = true
    for (const { topicId, partitions } of responses) {
      for (const answer of partitions) {
        const key = `${topicId} ${answer.partitionIndex}`
        const followed = this.#followed.get(key)
        if (followed === undefined || !this.#isCurrent(followed)) continue
        let intake = this.#takeOne(followed, answer)
        if (intake.type === 'out of range') intake = await this.#reset(followed, link)
        if (intake.type !== 'taken') isWritten = false
        this.#settle(key, followed, intake)
        // Who had something waits until the others had their turn: an answer is not for ever as large as one likes.
        if (answer.records !== null && answer.records.length > 0 && this.#followed.delete(key))
          this.#followed.set(key, followed)
      }
    }
    return isWritten
  }

  #takeOne(followed: Followed, answer: FetchedPartition): Intake {
    const { partition } = followed
    const { throttle } = this.#options
    try {
      const intake = takeFetched(partition, answer, this.#options)
      if (intake.type === 'taken') followed.isInSync = partition.log.logEndOffset >= answer.highWatermark
      if (throttle.isThrottled(partition)) throttle.record((answer.records as Buffer | null)?.length ?? 0)
      return intake
    } catch (error) {
      return { type: 'failed', reason: error instanceof Error ? error.message : String(error) }
    }
  }

  #reset(followed: Followed, link: OtherBrokers): Promise<Intake> {
    const isWanted = (): boolean => this.#isCurrent(followed)
    return resetReplica(followed.partition, { ...this.#options, link, isWanted })
  }

  #settle(key: string, followed: Followed, intake: Intake): void {
    if (!this.#isCurrent(followed)) return
    const { log, leaderId } = this.#options
    const { name } = followed.partition
    if (intake.type === 'taken') {
      followed.misses = 0
    } else if (intake.type === 'later') {
      if (followed.misses === 0 && intake.isNews)
        log.warn(`${name} cannot be fetched from broker ${leaderId}: ${intake.reason}`)
      followed.misses++
      this.#postpone(followed, followed.misses)
    } else if (intake.type === 'failed') {
      this.#followed.delete(key)
      log.error(`${name} is not followed any more until somebody else leads: ${intake.reason}`)
    }
  }

  /** Whether the replica still follows this leader in the same epoch. */
  #isCurrent(followed: Followed): boolean {
    const { partition, leaderEpoch } = followed
    return this.#followed.get(keyOf(partition)) === followed && partition.leaderEpoch === leaderEpoch
  }

  #postpone(followed: Followed, misses: number): void {
    const { clock, config } = this.#options
    const pauseMs = Math.min(config.int('replica.fetch.backoff.ms'), RETRY_MS * 2 ** Math.min(misses - 1, 20))
    followed.notBeforeMs = clock.monotonicMs() + pauseMs
  }

  #due(): Followed[] {
    const now = this.#options.clock.monotonicMs()
    return [...this.#followed.values()].filter((followed) => {
      return followed.notBeforeMs <= now && !this.#isHeldBack(followed)
    })
  }

  #isHeldBack({ partition, isInSync }: Followed): boolean {
    return !isInSync && this.#options.throttle.holdsBack(partition)
  }

  /** Null where everything is due. */
  #msUntilNext(): number | null {
    const now = this.#options.clock.monotonicMs()
    let next = Number.POSITIVE_INFINITY
    for (const followed of this.#followed.values()) {
      if (followed.notBeforeMs > now) next = Math.min(next, followed.notBeforeMs)
      else if (this.#isHeldBack(followed)) next = Math.min(next, now + HELD_BACK_MS)
    }
    return next === Number.POSITIVE_INFINITY ? null : next - now
  }

  /** Looks again then: whoever is due and not asked for is not made to wait for a request that waits for others. */
  #nudgeIn(ms: number): void {
    const { clock } = this.#options
    const atMs = clock.monotonicMs() + ms
    if (this.#nudge !== null && this.#nudge.atMs <= atMs) return
    this.#nudge?.timer.cancel()
    const timer = clock.after(ms, () => {
      this.#nudge = null
      const asked = this.#asked
      if (asked === null) this.#wake()
      else if (this.#due().some((followed) => !asked.has(followed))) this.#drop()
    })
    this.#nudge = { atMs, timer }
  }

  /** Ends the request under way, with its connection: the leader answers in order. */
  #drop(): void {
    const link = this.#link
    this.#link = null
    link?.close()
  }
}

function keyOf({ topicId, index }: Partition): string {
  return `${topicId} ${index}`
}
