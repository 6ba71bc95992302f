import { UserError } from '../base/user-error.js'

/** What a broker listens on, and what it tells its clients about it. */
export interface ListenerSettings {
  /** E.g. `PLAINTEXT`; clients are told the endpoints of the listener that they came in on. */
  readonly name: string
  /** Null where every interface is listened on. */
  readonly host: string | null
  /** 0 where the system chooses. */
  readonly port: number
  readonly protocol: SecurityProtocol
  /** Null where clients are told the address that they dialled: every interface is listened on and nothing is advertised. */
  readonly advertised: { readonly host: string; readonly port: number } | null
}

export type SecurityProtocol = 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL'

const PROTOCOLS: readonly string[] = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']
const WILDCARDS: readonly string[] = ['', '0.0.0.0', '::']

interface Endpoint {
  readonly name: string
  readonly host: string
  readonly port: number
}

/**
 * The listeners of a broker from `listeners`, `advertised.listeners`, `listener.security.protocol.map` and
 * `controller.listener.names`, as in Kafka's `server.properties`. Listeners of the controller are left out.
 * @throws UserError for what Kafka refuses too.
 */
export function listenerSettings(setting: (name: string) => string | null): ListenerSettings[] {
  const controllers = list(setting('controller.listener.names'))
  const isBrokers = ({ name }: Endpoint): boolean => !controllers.includes(name)
  const listeners = endpoints('listeners', setting('listeners') ?? 'PLAINTEXT://:9092').filter(isBrokers)
  if (listeners.length === 0) {
    throw new UserError(
      '`listeners` names no listener for clients',
      'Give one, e.g. listeners=PLAINTEXT://localhost:9092',
    )
  }
  const told = setting('advertised.listeners')
  const advertised = told === null ? null : endpoints('advertised.listeners', told).filter(isBrokers)
  for (const { name, host } of advertised ?? []) {
    if (!listeners.some((listener) => listener.name === name)) {
      throw new UserError(
        `advertised.listeners names ${name}, which \`listeners\` does not`,
        'Give both the same names.',
      )
    }
    if (WILDCARDS.includes(host) && host !== '') {
      throw new UserError(
        `advertised.listeners cannot use the nonroutable meta-address ${host}. Use a routable IP address.`,
        'Advertise a name or an address that clients can reach.',
      )
    }
  }
  const protocolOf = protocols(setting('listener.security.protocol.map'))
  return listeners.map(({ name, host, port }) => ({
    name,
    host: WILDCARDS.includes(host) ? null : host,
    port,
    protocol: protocolOf(name),
    advertised: advertisedOf({ name, host, port }, advertised),
  }))
}

/**
 * What the metadata quorum listens on: those of `listeners` that `controller.listener.names` names. Without a word about its
 * protocol such a listener speaks PLAINTEXT, as in Kafka.
 * @throws UserError for what Kafka refuses too.
 */
export function controllerListenerSettings(setting: (name: string) => string | null): ListenerSettings[] {
  const names = list(setting('controller.listener.names'))
  const map = setting('listener.security.protocol.map')
  const protocolOf = protocols([map ?? '', ...names.filter((name) => !isMapped(map, name)).map(asPlaintext)].join(','))
  const told = setting('advertised.listeners')
  const advertised = told === null ? null : endpoints('advertised.listeners', told)
  return endpoints('listeners', setting('listeners') ?? '')
    .filter(({ name }) => names.includes(name))
    .map(({ name, host, port }) => ({
      name,
      host: WILDCARDS.includes(host) ? null : host,
      port,
      protocol: protocolOf(name),
      advertised: advertisedOf({ name, host, port }, advertised),
    }))
}

function isMapped(map: string | null, name: string): boolean {
  return list(map).some((pair) => pair.split(':')[0]!.trim() === name)
}

function asPlaintext(name: string): string {
  return `${name}:PLAINTEXT`
}

function advertisedOf(listener: Endpoint, advertised: readonly Endpoint[] | null): ListenerSettings['advertised'] {
  const told = advertised === null ? listener : (advertised.find(({ name }) => name === listener.name) ?? listener)
  return WILDCARDS.includes(told.host) ? null : { host: told.host, port: told.port }
}

function endpoints(setting: string, value: string): Endpoint[] {
  const all = list(value).map((text) => endpoint(setting, text))
  const again = all.find(({ name }, at) => all.findIndex((other) => other.name === name) !== at)
  if (again !== undefined) {
    throw new UserError(`Each listener must have a different name, ${setting}: ${value}`, `Name ${again.name} once.`)
  }
  return all
}

function endpoint(setting: string, text: string): Endpoint {
  const match = /^([\w.-]+):\/\/(?:\[([0-9a-fA-F:.%]+)\]|([^:/]*)):(\d+)$/.exec(text)
  const port = Number(match?.[4])
  if (match === null || port > 65535) {
    throw new UserError(
      `Unable to parse ${text} in ${setting} to a broker endpoint`,
      'A listener is NAME://host:port, e.g. PLAINTEXT://localhost:9092',
    )
  }
  return { name: match[1]!.toUpperCase(), host: match[2] ?? match[3] ?? '', port }
}

function protocols(map: string | null): (listener: string) => SecurityProtocol {
  const given = new Map(list(map).map((pair) => pair.split(':').map((part) => part.trim()) as [string, string]))
  return (listener) => {
    const protocol = given.get(listener) ?? (PROTOCOLS.includes(listener) ? listener : undefined)
    if (protocol === undefined || !PROTOCOLS.includes(protocol)) {
      throw new UserError(
        `No security protocol defined for listener ${listener}`,
        'Name it in listener.security.protocol.map, e.g. INSIDE:PLAINTEXT',
      )
    }
    return protocol as SecurityProtocol
  }
}

function list(value: string | null): string[] {
  return (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
