import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'

/** The address of a host, as connections from it show it, IPv4 first; null when it has none. An address is its own. */
export async function addressOf(host: string): Promise<string | null> {
  if (isIP(host) !== 0) return host
  return await lookup(host, { order: 'ipv4first' }).then(
    ({ address }) => address,
    () => null,
  )
}

/** 4 or 6; 0 for what is no address. */
export function addressFamily(host: string): number {
  return isIP(host)
}
