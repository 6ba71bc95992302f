import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { BrokerConfig } from './broker-config.js'
import type { ControllerClient } from './controller-client.js'
import { IsrProposals } from './isr-proposals.js'
import { IsrWatch } from './isr-watch.js'
import type { OtherBrokers } from './other-brokers.js'
import type { Partitions } from './partitions.js'
import { ReplicaFetchers } from './replica-fetchers.js'

export interface ReplicationOptions {
  readonly nodeId: number
  readonly controller: ControllerClient
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly log: Log
  /** A new way to the other brokers, each time. */
  readonly connect: () => OtherBrokers
}

/** What keeps replicas on several brokers the same: following leaders, and saying who follows well. */
export class Replication {
  /** What the leaders of this broker propose. */
  readonly proposals: IsrProposals
  readonly #options: ReplicationOptions
  #atWork: { readonly fetchers: ReplicaFetchers; readonly watch: IsrWatch } | null = null

  constructor(options: ReplicationOptions) {
    this.#options = options
    this.proposals = new IsrProposals(options)
  }

  /** Once the cluster knows this broker. */
  start(partitions: Partitions): void {
    const { controller, ...options } = this.#options
    const brokerEpoch = (): number => controller.brokerEpoch
    this.#atWork = {
      fetchers: new ReplicaFetchers({ ...options, partitions, brokerEpoch }),
      watch: new IsrWatch({ ...options, partitions }),
    }
  }

  close(): void {
    this.proposals.close()
    this.#atWork?.fetchers.close()
    this.#atWork?.watch.close()
  }
}
