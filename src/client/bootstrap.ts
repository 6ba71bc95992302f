import { ConfigError } from './kafka-error.js'

export interface Address {
  readonly host: string
  readonly port: number
}

/** Everything before the host may be a protocol; an IPv6 host stands in brackets. */
const HOST_AND_PORT = /^(?:[0-9a-zA-Z\-%._]*:\/\/)?\[?([0-9a-zA-Z\-%._:]*)\]?:([0-9]+)$/
const PORT_MAX = 65_535

/** @throws ConfigError when one is no `host:port`, or there is none. */
export function parseAddresses(bootstrapServers: string): Address[] {
  const urls = bootstrapServers.split(',').map((url) => url.trim())
  const addresses = urls.filter((url) => url !== '').map(parseAddress)
  if (addresses.length === 0) throw new ConfigError('You must set either bootstrap.servers or bootstrap.controllers')
  return addresses
}

function parseAddress(url: string): Address {
  const match = HOST_AND_PORT.exec(url)
  if (match === null) throw new ConfigError(`Invalid url in bootstrap.servers: ${url}`)
  const port = Number(match[2])
  if (port > PORT_MAX) throw new ConfigError(`Invalid port in bootstrap.servers: ${url}`)
  // Java takes an empty name for this machine's.
  return { host: match[1]! || 'localhost', port }
}

/**
 * Leaves out what no name server knows.
 * @throws ConfigError when nothing is left.
 */
export async function resolvable(addresses: readonly Address[]): Promise<Address[]> {
  const known = await Promise.all(addresses.map(async (address) => ((await isKnown(address.host)) ? [address] : [])))
  if (known.flat().length === 0) throw new ConfigError('No resolvable bootstrap urls given in bootstrap.servers')
  return known.flat()
}

/** Names that need no name server are not asked for: a command on the local machine starts sooner. */
async function isKnown(host: string): Promise<boolean> {
  if (host === 'localhost' || /^[\d.]+$|:.*:/.test(host)) return true
  const { addressOf } = await import('../net/resolve.js')
  return (await addressOf(host)) !== null
}
