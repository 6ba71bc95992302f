import { assert } from '../base/assert.js'
import type { Clock } from '../base/clock.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import { ResourceType } from '../cluster/resource-type.js'
import { type QuotaWindows, WindowedRate } from '../security/windowed-rate.js'
import type { BrokerConfig } from './broker-config.js'

/** Partitions of a topic whose replica here is throttled. */
type Throttled = ReadonlySet<number> | 'all'

export interface ReplicationThrottlesOptions {
  readonly nodeId: number
  readonly config: BrokerConfig
  readonly clock: Clock
}

/** How fast this broker may give replicas to others, copy them from others, and move them between its directories. */
export class ReplicationThrottles {
  readonly leader: ReplicaThrottle
  readonly follower: ReplicaThrottle
  /** Of all moves between directories together. */
  readonly directories: CopyLimit
  readonly #nodeId: number
  #configs: MetadataImage['parts']['configs'] | null = null

  constructor({ nodeId, config, clock }: ReplicationThrottlesOptions) {
    const windows = {
      count: config.int('replication.quota.window.num'),
      sizeMs: config.int('replication.quota.window.size.seconds') * 1000,
    }
    this.#nodeId = nodeId
    this.leader = new ReplicaThrottle(() => config.long('leader.replication.throttled.rate'), windows, clock)
    this.follower = new ReplicaThrottle(() => config.long('follower.replication.throttled.rate'), windows, clock)
    this.directories = new CopyLimit(
      () => config.long('replica.alter.log.dirs.io.max.bytes.per.second'),
      {
        count: config.int('alter.log.dirs.replication.quota.window.num'),
        sizeMs: config.int('alter.log.dirs.replication.quota.window.size.seconds') * 1000,
      },
      clock,
    )
  }

  /** Takes over which replicas are throttled; to be called with every image. */
  follow(image: MetadataImage): void {
    if (image.parts.configs === this.#configs) return
    this.#configs = image.parts.configs
    const [leaders, followers] = [new Map<string, Throttled>(), new Map<string, Throttled>()]
    for (const topic of image.configuredNames(ResourceType.TOPIC)) {
      const configs = image.configs(ResourceType.TOPIC, topic)
      const add = (throttled: Map<string, Throttled>, name: string): void => {
        const text = configs.get(name)?.trim() ?? ''
        if (text !== '') throttled.set(topic, throttledPartitions(text, this.#nodeId))
      }
      add(leaders, 'leader.replication.throttled.replicas')
      add(followers, 'follower.replication.throttled.replicas')
    }
    this.leader.topics = leaders
    this.follower.topics = followers
  }
}

/** A limit on what is copied, in bytes a second over Kafka's windows of time. */
export class CopyLimit {
  readonly #bytesPerSecondMax: () => number
  readonly #rate: WindowedRate
  readonly #clock: Clock

  constructor(bytesPerSecondMax: () => number, windows: QuotaWindows, clock: Clock) {
    this.#bytesPerSecondMax = bytesPerSecondMax
    this.#rate = new WindowedRate(windows, true)
    this.#clock = clock
  }

  /** Whether nothing more is to be copied at the moment: what is under way is never cut short. */
  get isExceeded(): boolean {
    return this.#rate.measure(this.#clock.monotonicMs()) > this.#bytesPerSecondMax()
  }

  record(bytes: number): void {
    this.#rate.record(bytes, this.#clock.monotonicMs())
  }
}

/** The limit on replicas that are named as throttled; others are copied as fast as they can be. */
export class ReplicaThrottle extends CopyLimit {
  topics: ReadonlyMap<string, Throttled> = new Map()

  isThrottled({ topic, index }: { readonly topic: string; readonly index: number }): boolean {
    if (this.topics.size === 0) return false
    const throttled = this.topics.get(topic)
    return throttled !== undefined && (throttled === 'all' || throttled.has(index))
  }

  /** Whether a replica that is not in sync has to wait. */
  holdsBack(partition: { readonly topic: string; readonly index: number }): boolean {
    return this.isThrottled(partition) && this.isExceeded
  }
}

/** `partition:broker,…` or `*`, which has been checked when it was set. */
function throttledPartitions(text: string, nodeId: number): Throttled {
  if (text === '*') return 'all'
  const pairs = text.split(',').filter((pair) => pair.trim() !== '')
  return new Set(
    pairs.flatMap((pair) => {
      const [partition, broker] = pair.split(':').map(Number)
      assert(partition !== undefined, 'a pair begins with a partition')
      return broker === nodeId ? [partition] : []
    }),
  )
}
