import type { Partition } from './partition.js'
import type { Partitions, Role } from './partitions.js'
import { ReplicaFetcher, type ReplicaFetcherOptions } from './replica-fetcher.js'

export interface ReplicaFetchersOptions extends Omit<ReplicaFetcherOptions, 'leaderId' | 'truncate' | 'throttle'> {
  readonly partitions: Partitions
}

/** Has every replica that does not lead follow the one that does. */
export class ReplicaFetchers {
  readonly #options: ReplicaFetchersOptions
  readonly #byLeader = new Map<number, ReplicaFetcher>()
  readonly #byPartition = new Map<Partition, ReplicaFetcher>()
  readonly #unfollow: () => void

  constructor(options: ReplicaFetchersOptions) {
    this.#options = options
    this.#unfollow = options.partitions.onLeadership((partition, role) => this.#follow(partition, role))
  }

  close(): void {
    this.#unfollow()
    for (const fetcher of this.#byLeader.values()) fetcher.close()
    this.#byLeader.clear()
    this.#byPartition.clear()
  }

  #follow(partition: Partition, role: Role): void {
    this.#byPartition.get(partition)?.remove(partition)
    this.#byPartition.delete(partition)
    const { leader } = partition
    if (role !== 'follower' || leader < 0 || leader === this.#options.nodeId) return
    const fetcher = this.#fetcherOf(leader)
    this.#byPartition.set(partition, fetcher)
    fetcher.add(partition)
  }

  #fetcherOf(leaderId: number): ReplicaFetcher {
    const { partitions, ...options } = this.#options
    let fetcher = this.#byLeader.get(leaderId)
    if (fetcher === undefined) {
      const truncate = (partition: Partition, offset: number): number => partitions.truncate(partition, offset)
      fetcher = new ReplicaFetcher({ ...options, leaderId, truncate, throttle: partitions.throttles.follower })
      this.#byLeader.set(leaderId, fetcher)
    }
    return fetcher
  }
}
