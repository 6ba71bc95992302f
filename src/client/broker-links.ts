import type { Random } from '../base/random.js'
import { BrokerLink, type LinkListener } from './broker-link.js'
import type { ClusterClient } from './cluster-client.js'

/** A link to each broker that is asked for, following brokers that move to another address. */
export class BrokerLinks {
  readonly #links = new Map<number, BrokerLink>()

  constructor(
    private readonly client: ClusterClient,
    private readonly random: Random,
    private readonly listener: LinkListener,
  ) {}

  /** Null when it is not known where the broker is. */
  to(brokerId: number): BrokerLink | null {
    const known = this.client.brokers.find(({ id }) => id === brokerId)
    const link = this.#links.get(brokerId)
    if (known === undefined) return link ?? null
    if (link !== undefined && link.broker.host === known.host && link.broker.port === known.port) return link
    link?.close()
    const fresh = new BrokerLink(known, this.client, this.random, this.listener)
    this.#links.set(brokerId, fresh)
    return fresh
  }

  close(): void {
    for (const link of this.#links.values()) link.close()
  }
}
