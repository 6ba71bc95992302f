import type { Clock } from '../base/clock.js'
import type { BrokerConfig } from './broker-config.js'
import { PeerNodes } from './peer-nodes.js'
import type { NodeAddress } from './quorum-voters.js'

export interface PeerControllersOptions {
  readonly nodeId: number
  readonly voters: ReadonlyMap<number, NodeAddress | null>
  readonly config: BrokerConfig
  readonly clock: Clock
}

/** Reaches the voters of the metadata quorum where the configuration says that they listen. */
export function peerControllers({ nodeId, voters, config, clock }: PeerControllersOptions): PeerNodes {
  return new PeerNodes({
    clientId: `node-${nodeId}`,
    clock,
    timeoutMs: () => config.int('controller.quorum.request.timeout.ms'),
    addressOf: (id) => {
      const address = voters.get(id) ?? null
      if (address === null) throw new Error(`Node ${id} is no voter with an address`)
      return address
    },
  })
}
