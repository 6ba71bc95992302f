import type { Peer } from '../../src/net/peer.js'
import { AlterClientQuotas } from '../../src/protocol/messages/alter-client-quotas.js'

const KEYS = ['producer_byte_rate', 'consumer_byte_rate', 'request_percentage', 'controller_mutation_rate']
const UNREACHED = 1_000_000_000

/** Whatever quotas frames set: of this user and client together none comes before these. */
export async function exempt(peer: Peer, clientId: string): Promise<void> {
  const entity = [
    { entityType: 'user', entityName: 'ANONYMOUS' },
    { entityType: 'client-id', entityName: clientId },
  ]
  const ops = KEYS.map((key) => ({ key, value: UNREACHED, remove: false }))
  const { entries } = await peer.call(AlterClientQuotas, 1, { entries: [{ entity, ops }], validateOnly: false })
  if (entries[0]!.errorCode !== 0) throw new Error(`no quotas for ${clientId}: ${entries[0]!.errorMessage}`)
}
