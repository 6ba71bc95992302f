import type { Endpoint } from '../../client/endpoints.js'

const WIDTH = 10
const TYPE_WIDTH = 15

/** A table; STATE only for brokers. */
export function endpointTable(endpoints: readonly Endpoint[], type: 'broker' | 'controller'): string {
  const hostWidth = endpoints.length === 0 ? 100 : Math.max(...endpoints.map(({ host }) => host.length))
  const racks = endpoints.flatMap(({ rack }) => rack ?? [])
  const rackWidth = racks.length === 0 ? WIDTH : Math.max(...racks.map((rack) => rack.length))
  const row = (id: string, host: string, port: string, rack: string, state: string, kind: string): string =>
    [
      id.padEnd(WIDTH),
      host.padEnd(hostWidth),
      port.padEnd(WIDTH),
      rack.padEnd(rackWidth),
      ...(type === 'broker' ? [state.padEnd(WIDTH)] : []),
      `${kind.padEnd(TYPE_WIDTH)}\n`,
    ].join(' ')
  const rows = endpoints.map(({ id, host, port, rack, isFenced }) =>
    row(String(id), host, String(port), rack ?? 'null', isFenced ? 'fenced' : 'unfenced', type),
  )
  return [row('ID', 'HOST', 'PORT', 'RACK', 'STATE', 'ENDPOINT_TYPE'), ...rows].join('')
}
