import { type Refusal, refusal } from '../cluster/decision.js'
import { addressFamily } from '../net/resolve.js'
import { ErrorCode } from '../protocol/errors.js'
import type { BrokerConfig } from './broker-config.js'

const LISTENERS = 'listeners'
const PROTOCOLS = 'listener.security.protocol.map'
const INTER_BROKER = 'inter.broker.listener.name'
const DEFAULT_LISTENERS = 'PLAINTEXT://:9092'
const DEFAULT_PROTOCOLS = 'PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL'
const ENDPOINT = /^(.*):\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:(-?[0-9]+)$/

interface Endpoint {
  readonly name: string
  readonly host: string
  readonly port: number
}

type TextOf = (name: string) => string | null

class Refused extends Error {}

/**
 * Checks what a running broker would listen on (KIP-226), in Kafka's order and words: listeners come and go, but for those that
 * other nodes know of, the one of the brokers, and that of the controller.
 * @param configs all that would be set for this broker while it runs
 */
export function refuseListeners(configs: ReadonlyMap<string, string>, config: BrokerConfig): Refusal | null {
  const textOf: TextOf = (name) => configs.get(name) ?? config.started.get(name) ?? null
  const current: TextOf = (name) => config.text(name)
  if ([LISTENERS, PROTOCOLS].every((name) => textOf(name) === current(name))) return null
  try {
    check(textOf, current, config)
    return null
  } catch (error) {
    if (error instanceof Refused) return refusal(ErrorCode.INVALID_REQUEST, error.message)
    throw error
  }
}

function check(wanted: TextOf, current: TextOf, config: BrokerConfig): void {
  const controllers = config.list('controller.listener.names')
  const isBrokers = (name: string): boolean => !controllers.includes(name)
  const listeners = endpointsOf(wanted, controllers)
  const names = listeners.map(({ name }) => name)
  if (controllers.length > 0 && config.list('process.roles').includes('controller') && names.every(isBrokers))
    throw new Refused(
      "requirement failed: controller.listener.names must contain at least one value appearing in the 'listeners' configuration when running the KRaft controller role",
    )
  const told = config.text('advertised.listeners')
  const advertised = (told === null ? names : entries(told).map(nameOf)).filter(isBrokers)
  if (advertised.length === 0)
    throw new Refused(
      'requirement failed: There must be at least one broker advertised listener. Perhaps all listeners appear in controller.listener.names?',
    )
  const interBroker = config.stringOrNull(INTER_BROKER) ?? config.string('security.inter.broker.protocol')
  if (!advertised.includes(interBroker))
    throw new Refused(
      'requirement failed: inter.broker.listener.name must be a listener name defined in advertised.listeners. The valid options ' +
        `based on currently configured listeners are ${advertised.join(',')}`,
    )
  if (!advertised.every((name) => names.includes(name)))
    throw new Refused(
      'requirement failed: advertised.listeners listener names must be equal to or a subset of the ones defined in listeners. ' +
        `Found ${advertised.join(',')}. The valid options based on the current configuration are ${names.join(',')}`,
    )
  const before = entries(current(LISTENERS) ?? DEFAULT_LISTENERS).map(nameOf)
  const known = told === null ? before.filter(isBrokers) : advertised
  if (!known.every((name) => names.includes(name)))
    throw invalid(`Advertised listeners '${setText(known)}' must be a subset of listeners '${setText(names)}'`)
  const [protocols, protocolsBefore] = [protocolsOf(wanted, controllers), protocolsOf(current, controllers)]
  for (const name of names) {
    if (before.includes(name) && protocols(name) !== protocolsBefore(name))
      throw invalid(`Security protocol cannot be updated for existing listener ListenerName(${name})`)
    if (protocols(name) !== 'PLAINTEXT')
      throw new Refused(`The listener ${name} asks for ${protocols(name)}, and klog's broker speaks PLAINTEXT only`)
  }
}

function endpointsOf(textOf: TextOf, controllers: readonly string[]): Endpoint[] {
  const texts = entries(textOf(LISTENERS) ?? DEFAULT_LISTENERS)
  const shown = texts.join(', ')
  const refuse = (reason: string): Refused =>
    new Refused(`Error creating broker listeners from '[${shown}]': ${reason}`)
  const protocols = protocolsOf(textOf, controllers)
  const endpoints = texts.map((text) => {
    const match = ENDPOINT.exec(text)
    if (match === null) throw refuse(`Unable to parse ${text} to a broker endpoint`)
    const endpoint = { name: nameOf(text), host: match[2]!, port: Number(match[3]) }
    if (protocols(endpoint.name) === null) throw refuse(`No security protocol defined for listener ${endpoint.name}`)
    return endpoint
  })
  if (new Set(endpoints.map(({ name }) => name)).size < endpoints.length)
    throw refuse(`Each listener must have a different name, listeners: [${shown}]`)
  for (const { port } of endpoints) {
    const reason = port === 0 ? null : clash(endpoints.filter((other) => other.port === port))
    if (reason !== null)
      throw refuse(`${reason.text}, listeners: [${shown}]${reason.namesPort ? `, port: ${port}` : ''}`)
  }
  return endpoints
}

/** One port may serve both families of addresses. */
function clash(same: readonly Endpoint[]): { readonly text: string; readonly namesPort: boolean } | null {
  if (same.length < 2) return null
  const families = same.map(({ host }) => addressFamily(host))
  if (families.includes(0)) return { text: 'Each listener must have a different port', namesPort: false }
  if (same.length === 2 && families[0] !== families[1]) return null
  if (same.length === 2) {
    const text = 'If you have two listeners on the same port then one needs to be IPv4 and the other IPv6'
    return { text, namesPort: true }
  }
  const exception = 'unless exactly one listener has an IPv4 address and the other IPv6 address'
  return { text: `Each listener must have a different port ${exception}`, namesPort: true }
}

/** A listener of the controller speaks PLAINTEXT where nothing is said about it. */
function protocolsOf(textOf: TextOf, controllers: readonly string[]): (name: string) => string | null {
  const pairs = entries(textOf(PROTOCOLS) ?? DEFAULT_PROTOCOLS).map((pair) =>
    pair.split(':').map((part) => part.trim()),
  )
  const given = new Map(pairs.map(([name = '', protocol = '']) => [name.toUpperCase(), protocol.toUpperCase()]))
  return (name) => given.get(name) ?? (controllers.includes(name) ? 'PLAINTEXT' : null)
}

function nameOf(listener: string): string {
  return listener.split('://')[0]!.toUpperCase()
}

function entries(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** As Scala prints them. */
function setText(names: readonly string[]): string {
  return `Set(${names.map((name) => `ListenerName(${name})`).join(', ')})`
}

function invalid(reason: string): Refused {
  return new Refused(
    `Invalid value org.apache.kafka.common.config.ConfigException: ${reason} for configuration Invalid dynamic configuration`,
  )
}
