import { lookup } from 'node:dns/promises'
import type { Selection } from './options.js'
import { Refusal } from './refusal.js'

/** Quotas by address are for addresses, or names that have one. */
export async function checkAddresses({ types, names }: Selection): Promise<void> {
  if (!types.includes('ips')) return
  for (const name of names.filter((given) => given !== '')) {
    const isKnown = await lookup(name).then(
      () => true,
      () => false,
    )
    if (!isKnown) throw new Refusal(`The entity name for ips must be a valid IP or resolvable host, but it is: ${name}`)
  }
}
