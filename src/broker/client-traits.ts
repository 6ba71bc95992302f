import type { RequestContext } from './handler.js'
import type { ClientTraits } from './telemetry-subscription.js'

/** What a subscription to client metrics can pick a client by, as far as its connection tells. */
export function traitsOf({ clientId, connection }: RequestContext): ClientTraits {
  return {
    client_id: clientId,
    client_software_name: connection.software.name,
    client_software_version: connection.software.version,
    client_source_address: connection.clientHost,
    client_source_port: String(connection.clientPort),
  }
}
