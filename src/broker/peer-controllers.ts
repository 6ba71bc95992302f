import type { Clock } from '../base/clock.js'
import type { BrokerConfig } from './broker-config.js'
import type { ControllerAddresses } from './controller-addresses.js'
import { PeerNodes } from './peer-nodes.js'
import type { Transport } from './transport.js'

export interface PeerControllersOptions {
  readonly nodeId: number
  readonly addresses: ControllerAddresses
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly transport: Transport
}

/** Reaches the controllers where they are known to listen. */
export function peerControllers({ nodeId, addresses, config, clock, transport }: PeerControllersOptions): PeerNodes {
  return new PeerNodes({
    transport,
    clientId: `node-${nodeId}`,
    clock,
    timeoutMs: () => config.int('controller.quorum.request.timeout.ms'),
    addressOf: (id) => addresses.of(id),
  })
}
