import type { BrokerImage } from '../cluster/image.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import type { Connection } from './handler.js'

/** How a client reaches a broker. */
export interface Endpoint {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/**
 * Where a client of this connection finds the broker: on the listener that the client came in on. Null where the broker has
 * none of that name. A broker that advertises no host is where the client dialled.
 */
export function endpointOf(broker: BrokerImage, connection: Connection): Endpoint | null {
  const endpoint = broker.endpoints.find(({ name }) => name === connection.listenerName)
  if (endpoint === undefined) return null
  const { id: nodeId, rack } = broker
  const { host, port } = endpoint.host === '' ? dialled(connection) : endpoint
  return { nodeId, host, port, rack }
}

/** Brokers that serve clients now, on the listener of the connection, by ascending id. */
export function servingEndpoints(image: MetadataImage, connection: Connection): Endpoint[] {
  return [...image.brokers.values()]
    .filter(({ fenced }) => !fenced)
    .sort((a, b) => a.id - b.id)
    .flatMap((broker) => endpointOf(broker, connection) ?? [])
}

/** An IPv6 address with colons is more than some clients can put before a port; the name stands for it too. */
function dialled({ dialled: { host, port } }: Connection): { host: string; port: number } {
  return { host: host === '::1' ? 'localhost' : host, port }
}
