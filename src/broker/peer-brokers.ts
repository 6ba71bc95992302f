import type { Clock } from '../base/clock.js'
import type { BrokerConfig } from './broker-config.js'
import type { MetadataLog } from './metadata-log.js'
import { PeerNodes } from './peer-nodes.js'
import type { Transport } from './transport.js'

export interface PeerBrokersOptions {
  readonly nodeId: number
  readonly metadata: MetadataLog
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly transport: Transport
}

/** Reaches the other brokers where the metadata says that they listen. */
export function peerBrokers({ nodeId, metadata, config, clock, transport }: PeerBrokersOptions): PeerNodes {
  return new PeerNodes({
    transport,
    clientId: `broker-${nodeId}`,
    clock,
    timeoutMs: () => config.int('request.timeout.ms'),
    addressOf: (id) => {
      const broker = metadata.image.brokers.get(id)
      const name = config.stringOrNull('inter.broker.listener.name')
      const protocol = config.stringOrNull('security.inter.broker.protocol')
      const endpoints = broker?.endpoints ?? []
      const endpoint = endpoints.find((one) => one.name === (name ?? protocol)) ?? endpoints[0]
      if (endpoint === undefined || broker?.fenced) throw new Error(`Broker ${id} cannot be reached`)
      // An endpoint without a host is reached as its clients reach it; other nodes of this machine are.
      return { host: endpoint.host === '' ? 'localhost' : endpoint.host, port: endpoint.port }
    },
  })
}
