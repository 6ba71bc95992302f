import type { Clock } from '../base/clock.js'
import type { Lend } from '../net/peer.js'
import { PeerError } from '../net/peer-error.js'
import type { Api, ReadResponse, WriteRequest } from '../protocol/schema.js'
import type { OtherBrokers } from './other-brokers.js'
import type { Transport, TransportConnection } from './transport.js'

export interface PeerNodesOptions {
  readonly transport: Transport
  readonly clientId: string
  readonly clock: Clock
  /** To connect, and for each answer; read each time. */
  readonly timeoutMs: () => number
  /** Where a node listens now. @throws Error where that is not known */
  readonly addressOf: (nodeId: number) => { readonly host: string; readonly port: number }
}

interface Link {
  readonly host: string
  readonly port: number
  readonly peer: Promise<TransportConnection>
}

/** Reaches other nodes by one connection to each, made when it is needed. */
export class PeerNodes implements OtherBrokers {
  readonly #options: PeerNodesOptions
  readonly #links = new Map<number, Link>()
  #isClosed = false

  constructor(options: PeerNodesOptions) {
    this.#options = options
  }

  async call<A extends Api>(
    nodeId: number,
    api: A,
    version: number,
    request: WriteRequest<A>,
    lend?: Lend,
  ): Promise<ReadResponse<A>> {
    const peer = await this.#link(nodeId)
    return peer.call(api, version, request, { timeoutMs: this.#options.timeoutMs(), lend })
  }

  async isGone(nodeId: number): Promise<boolean> {
    const { transport, addressOf, clientId, clock, timeoutMs } = this.#options
    try {
      const peer = await transport({ ...addressOf(nodeId), clientId, clock, connectTimeoutMs: timeoutMs() })
      peer.close()
      return false
    } catch (error) {
      return error instanceof PeerError && error.code === 'ECONNREFUSED'
    }
  }

  close(): void {
    this.#isClosed = true
    for (const link of this.#links.values()) drop(link)
    this.#links.clear()
  }

  #link(nodeId: number): Promise<TransportConnection> {
    if (this.#isClosed) throw new Error('this node goes')
    const { transport, addressOf, clientId, clock, timeoutMs } = this.#options
    const { host, port } = addressOf(nodeId)
    const known = this.#links.get(nodeId)
    if (known?.host === host && known.port === port) return known.peer
    if (known !== undefined) drop(known)
    const link = { host, port, peer: transport({ host, port, clientId, clock, connectTimeoutMs: timeoutMs() }) }
    this.#links.set(nodeId, link)
    const forget = (): void => {
      if (this.#links.get(nodeId) === link) this.#links.delete(nodeId)
    }
    link.peer.then((peer) => peer.closed.then(forget), forget)
    return link.peer
  }
}

function drop({ peer }: Link): void {
  peer.then(
    (connected) => connected.close(),
    () => {},
  )
}
