import type { Clock } from '../base/clock.js'
import type { ControllerAddresses } from './controller-addresses.js'
import { PeerNodes } from './peer-nodes.js'
import type { Transport } from './transport.js'

export interface PeerControllersOptions {
  readonly nodeId: number
  readonly addresses: ControllerAddresses
  /** To connect, and for each answer; read each time. */
  readonly timeoutMs: () => number
  readonly clock: Clock
  readonly transport: Transport
}

/** Reaches the controllers where they are known to listen. */
export function peerControllers({ nodeId, addresses, timeoutMs, clock, transport }: PeerControllersOptions): PeerNodes {
  return new PeerNodes({
    transport,
    clientId: `node-${nodeId}`,
    clock,
    timeoutMs,
    addressOf: (id) => addresses.of(id),
  })
}
