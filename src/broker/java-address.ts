/** An address of a connection as Java prints one without a name: a slash, and for IPv6 all eight groups: `/127.0.0.1`, `/0:0:0:0:0:0:0:1`. */
export function javaAddress(host: string): string {
  const [address = '', scope] = host.split('%')
  if (!address.includes(':')) return `/${host}`
  const [front = [], back] = address.split('::').map((part) => (part === '' ? [] : part.split(':')))
  const zeros = back === undefined ? [] : Array<string>(8 - front.length - back.length).fill('0')
  const groups = [...front, ...zeros, ...(back ?? [])].map((group) => Number.parseInt(group, 16).toString(16))
  return `/${groups.join(':')}${scope === undefined ? '' : `%${scope}`}`
}
