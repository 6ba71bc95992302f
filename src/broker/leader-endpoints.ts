import { endpointNamed } from '../quorum/voter-set.js'
import type { RequestContext } from './handler.js'

/** The leader of the metadata quorum as answers name it, by the listener that was asked; nobody where it is not known. */
export function leaderEndpoints({
  broker,
  connection,
}: RequestContext): { nodeId: number; host: string; port: number }[] {
  const { quorum } = broker.metadata
  const { leaderId } = quorum
  if (leaderId === null) return []
  const voter = leaderId === broker.nodeId ? quorum.self : quorum.voters.get(leaderId)
  const endpoint = endpointNamed(voter?.endpoints ?? [], connection.listenerName)
  return endpoint === null ? [] : [{ nodeId: leaderId, host: endpoint.host, port: endpoint.port }]
}
