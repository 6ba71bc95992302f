import type { Clock } from '../base/clock.js'
import { PeerError } from '../net/peer-error.js'
import { Metadata } from '../protocol/messages/metadata.js'
import { type Address, parseAddresses, resolvable } from './bootstrap.js'
import { BrokerConnection, type ConnectOptions } from './broker-connection.js'
import type { ClientConfig } from './client-config.js'
import type { Broker } from './cluster-client.js'
import { ClientError } from './kafka-error.js'

const PAUSE_MS = 50

/**
 * The brokers of the cluster as the first of the bootstrap servers that answers tells; each is asked once.
 * @throws ClientError when none answers, ConfigError when an address is none.
 */
export async function firstKnownBrokers(config: ClientConfig, clock: Clock): Promise<Broker[]> {
  const addresses = await resolvable(parseAddresses(config.bootstrapServers))
  for (const address of addresses) {
    const brokers = await brokersAt(address, { ...config, clock })
    if (brokers !== null) return brokers
  }
  const asked = addresses.map(({ host, port }, i) => `${host}:${port} (id: ${-1 - i} rack: null isFenced: false)`)
  throw new ClientError(`Request METADATA failed on brokers [${asked.join(', ')}]`)
}

/** Null when nobody answers there. A broker that has just started knows of none, and is asked again. */
async function brokersAt(address: Address, options: ConnectOptions): Promise<Broker[] | null> {
  try {
    const connection = await BrokerConnection.open(address, options)
    try {
      for (;;) {
        const request = { topics: [], allowAutoTopicCreation: false }
        const { brokers } = await connection.call(Metadata, request, { timeoutMs: options.requestTimeoutMs })
        if (brokers.length > 0) return brokers.map(({ nodeId, host, port, rack }) => ({ id: nodeId, host, port, rack }))
        await new Promise<void>((resolve) => options.clock.after(PAUSE_MS, resolve))
      }
    } finally {
      connection.close()
    }
  } catch (error) {
    if (error instanceof PeerError) return null
    throw error
  }
}
