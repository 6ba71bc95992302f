import type { Clock } from '../base/clock.js'
import { Peer } from '../net/peer.js'
import type { Api, ReadResponse, WriteRequest } from '../protocol/schema.js'
import type { BrokerConfig } from './broker-config.js'
import type { MetadataLog } from './metadata-log.js'
import type { OtherBrokers } from './other-brokers.js'

export interface PeerBrokersOptions {
  readonly nodeId: number
  readonly metadata: MetadataLog
  readonly config: BrokerConfig
  readonly clock: Clock
}

interface Link {
  readonly host: string
  readonly port: number
  readonly peer: Promise<Peer>
}

/** Reaches the other brokers where the metadata says that they listen, by one connection to each. */
export class PeerBrokers implements OtherBrokers {
  readonly #options: PeerBrokersOptions
  readonly #links = new Map<number, Link>()

  constructor(options: PeerBrokersOptions) {
    this.#options = options
  }

  async call<A extends Api>(
    nodeId: number,
    api: A,
    version: number,
    request: WriteRequest<A>,
  ): Promise<ReadResponse<A>> {
    const timeoutMs = this.#options.config.int('request.timeout.ms')
    const peer = await this.#link(nodeId)
    return peer.call(api, version, request, { timeoutMs })
  }

  close(): void {
    for (const link of this.#links.values()) drop(link)
    this.#links.clear()
  }

  #link(nodeId: number): Promise<Peer> {
    const { host, port } = this.#endpointOf(nodeId)
    const known = this.#links.get(nodeId)
    if (known?.host === host && known.port === port) return known.peer
    if (known !== undefined) drop(known)
    const { nodeId: own, config, clock } = this.#options
    const connectTimeoutMs = config.int('request.timeout.ms')
    const link = { host, port, peer: Peer.connect({ host, port, clientId: `broker-${own}`, clock, connectTimeoutMs }) }
    this.#links.set(nodeId, link)
    const forget = (): void => {
      if (this.#links.get(nodeId) === link) this.#links.delete(nodeId)
    }
    link.peer.then((peer) => peer.closed.then(forget), forget)
    return link.peer
  }

  #endpointOf(nodeId: number): { host: string; port: number } {
    const { metadata, config } = this.#options
    const broker = metadata.image.brokers.get(nodeId)
    const name = config.stringOrNull('inter.broker.listener.name')
    const protocol = config.stringOrNull('security.inter.broker.protocol')
    const endpoints = broker?.endpoints ?? []
    const endpoint = endpoints.find((one) => one.name === (name ?? protocol)) ?? endpoints[0]
    if (endpoint === undefined || broker?.fenced) throw new Error(`Broker ${nodeId} cannot be reached`)
    return endpoint
  }
}

function drop({ peer }: Link): void {
  peer.then(
    (connected) => connected.close(),
    () => {},
  )
}
