import type { ConfigDefinition } from '../../protocol/configs/definition.js'
import * as define from '../../protocol/configs/definition.js'
import { atLeast, between, oneOf, oneOfAnyCase, type Validator } from '../../protocol/configs/validator.js'

type Default = string | number | boolean | null

/** How much a setting matters is said in Kafka's documentation only, so clients leave it out. */
const rule = (make: typeof define.int) => (name: string, fallback: Default, validator?: Validator) =>
  make(name, fallback, 'LOW', ...(validator === undefined ? [] : [validator]))

export const boolean = rule(define.boolean)
export const string = rule(define.string)
export const int = rule(define.int)
export const short = rule(define.short)
export const long = rule(define.long)
export const double = rule(define.double)
export const list = rule(define.list)

/** What producers and consumers have in common, in the order in which Kafka looks at them. */
export const CONNECTION: readonly ConfigDefinition[] = [
  long('reconnect.backoff.ms', 50, atLeast(0)),
  long('reconnect.backoff.max.ms', 1000, atLeast(0)),
  long('retry.backoff.ms', 100, atLeast(0)),
  long('retry.backoff.max.ms', 1000, atLeast(0)),
  boolean('enable.metrics.push', true),
  int('request.timeout.ms', 30_000, atLeast(0)),
  long('metadata.max.age.ms', 300_000, atLeast(0)),
  long('metrics.sample.window.ms', 30_000, atLeast(0)),
  int('metrics.num.samples', 2, atLeast(1)),
  string('metrics.recording.level', 'INFO', oneOf('INFO', 'DEBUG', 'TRACE')),
  long('socket.connection.setup.timeout.ms', 10_000),
  long('socket.connection.setup.timeout.max.ms', 30_000),
  long('connections.max.idle.ms', 540_000),
  string('metadata.recovery.strategy', 'rebootstrap', oneOfAnyCase('REBOOTSTRAP', 'NONE')),
  long('metadata.recovery.rebootstrap.trigger.ms', 300_000, atLeast(0)),
]

export const SECURITY: readonly ConfigDefinition[] = [
  string('security.protocol', 'PLAINTEXT', oneOfAnyCase('SASL_SSL', 'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT')),
  double('sasl.kerberos.ticket.renew.window.factor', 0.8),
  double('sasl.kerberos.ticket.renew.jitter', 0.05),
  long('sasl.kerberos.min.time.before.relogin', 60_000),
  double('sasl.login.refresh.window.factor', 0.8, between(0.5, 1)),
  double('sasl.login.refresh.window.jitter', 0.05, between(0, 0.25)),
  short('sasl.login.refresh.min.period.seconds', 60, between(0, 900)),
  short('sasl.login.refresh.buffer.seconds', 300, between(0, 3600)),
  int('sasl.login.connect.timeout.ms', null),
  int('sasl.login.read.timeout.ms', null),
  long('sasl.login.retry.backoff.max.ms', 10_000),
  long('sasl.login.retry.backoff.ms', 100),
]

export const DNS_LOOKUP = string(
  'client.dns.lookup',
  'use_all_dns_ips',
  oneOf('use_all_dns_ips', 'resolve_canonical_bootstrap_servers_only'),
)

/** Classes that klog has something of its own for; any other cannot be found. */
export const knownClasses = (...known: string[]): Validator => ({
  text: `[${known.join(', ')}]`,
  check: (name, value) => {
    const odd = [value ?? []].flat().find((entry) => !known.includes(String(entry)))
    if (odd === undefined || odd === '') return null
    return `Invalid value ${odd} for configuration ${name}: Class ${odd} could not be found.`
  },
})
