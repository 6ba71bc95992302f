import type { Clock } from '../base/clock.js'
import type { BrokerConfig } from './broker-config.js'
import { PeerNodes } from './peer-nodes.js'
import type { NodeAddress } from './quorum-voters.js'
import type { Transport } from './transport.js'

export interface PeerControllersOptions {
  readonly nodeId: number
  readonly voters: ReadonlyMap<number, NodeAddress | null>
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly transport: Transport
}

/** Reaches the voters of the metadata quorum where the configuration says that they listen. */
export function peerControllers({ nodeId, voters, config, clock, transport }: PeerControllersOptions): PeerNodes {
  return new PeerNodes({
    transport,
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
