import { UsageError } from './usage.js'

const HOST_AND_PORT = /^(?:[0-9a-zA-Z\-%._]*:\/\/)?\[?([0-9a-zA-Z\-%._:]*)\]?:([0-9]+)$/

/** The messages end in a line feed of their own. @throws UsageError unless every item is `host:port`. */
export function checkBootstrapShape(servers: string | undefined): void {
  if (servers === undefined || servers.trim() === '') {
    throw new UsageError('Error while validating the bootstrap address\n')
  }
  // As Java splits: what is empty at the end does not count.
  const shaped = servers.replace(/,+$/, '').split(',')
  if (!shaped.every((server) => HOST_AND_PORT.test(server))) {
    throw new UsageError('Please provide valid host:port like host1:9091,host2:9092\n')
  }
}
