import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import type { Client } from './client.js'
import type { Host } from './network.js'

/** Who is responsible, and in which leader epoch of a partition. */
export interface Found {
  readonly host: Host
  readonly leaderEpoch: number
}

/** How a client finds out whom to ask: from whichever broker answers. */
export class Routes {
  constructor(readonly client: Client) {}

  anybody(): Found {
    const { hosts } = this.client.world
    return { host: hosts.length > 1 ? this.client.oneOf(hosts) : hosts[0]!, leaderEpoch: -1 }
  }

  /** @throws NoAnswer */
  async leader({ topic, partition }: { topic: string; partition: number }): Promise<Found | null> {
    const link = await this.#anyLink()
    const topics = [{ name: topic }]
    const answer = await link.call(Metadata, 12, { topics, allowAutoTopicCreation: false })
    const found = answer.topics[0]?.partitions.find(({ partitionIndex }) => partitionIndex === partition)
    if (found === undefined || !this.client.world.ledger.hearsOfLeader(`${topic}-${partition}`, found.leaderEpoch))
      return null
    return this.#known(found.leaderId, found.leaderEpoch)
  }

  /** @throws NoAnswer */
  async coordinator(keyType: number, key: string): Promise<Found | null> {
    const link = await this.#anyLink()
    const { coordinators } = await link.call(FindCoordinator, 4, { keyType, coordinatorKeys: [key] })
    return this.#known(coordinators[0]!.nodeId, -1)
  }

  #anyLink() {
    return this.client.connect(this.anybody().host)
  }

  #known(nodeId: number, leaderEpoch: number): Found | null {
    const host = this.client.world.hosts[nodeId]
    return host === undefined ? null : { host, leaderEpoch }
  }
}
