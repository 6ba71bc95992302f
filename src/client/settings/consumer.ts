import {
  atLeast,
  invalid,
  notEmpty,
  oneOf,
  oneOfAnyCase,
  someEntries,
  type Validator,
} from '../../protocol/configs/validator.js'
import { boolean, CONNECTION, DNS_LOOKUP, int, knownClasses, list, SECURITY, string } from './shared.js'

const PACKAGE = 'org.apache.kafka.clients.consumer'
export const RANGE_ASSIGNOR = `${PACKAGE}.RangeAssignor`
export const ROUND_ROBIN_ASSIGNOR = `${PACKAGE}.RoundRobinAssignor`
export const STICKY_ASSIGNOR = `${PACKAGE}.StickyAssignor`
export const COOPERATIVE_STICKY_ASSIGNOR = `${PACKAGE}.CooperativeStickyAssignor`

/** What Kafka's ConsumerConfig checks: numbers, choices, classes. Texts without a rule are not in it. */
export const CONSUMER_SETTINGS = [
  list('bootstrap.servers', null, someEntries),
  DNS_LOOKUP,
  string('group.id', null),
  string('group.instance.id', null, notEmpty),
  int('session.timeout.ms', 45_000),
  int('heartbeat.interval.ms', 3000),
  list(
    'partition.assignment.strategy',
    `${RANGE_ASSIGNOR},${COOPERATIVE_STICKY_ASSIGNOR}`,
    knownClasses(RANGE_ASSIGNOR, ROUND_ROBIN_ASSIGNOR, STICKY_ASSIGNOR, COOPERATIVE_STICKY_ASSIGNOR),
  ),
  boolean('enable.auto.commit', true),
  int('auto.commit.interval.ms', 5000, atLeast(0)),
  string('client.id', ''),
  string('client.rack', ''),
  int('max.partition.fetch.bytes', 1_048_576, atLeast(0)),
  int('send.buffer.bytes', 131_072, atLeast(-1)),
  int('receive.buffer.bytes', 65_536, atLeast(-1)),
  int('fetch.min.bytes', 1, atLeast(0)),
  int('fetch.max.bytes', 52_428_800, atLeast(0)),
  int('fetch.max.wait.ms', 500, atLeast(0)),
  string('auto.offset.reset', 'latest', offsetReset()),
  boolean('check.crcs', true),
  int('default.api.timeout.ms', 60_000, atLeast(0)),
  ...CONNECTION,
  list('interceptor.classes', '', knownClasses()),
  int('max.poll.records', 500, atLeast(1)),
  int('max.poll.interval.ms', 300_000, atLeast(1)),
  boolean('exclude.internal.topics', true),
  string('isolation.level', 'read_uncommitted', oneOf('read_committed', 'read_uncommitted')),
  boolean('allow.auto.create.topics', true),
  string('group.protocol', 'classic', oneOfAnyCase('CONSUMER', 'CLASSIC')),
  string('share.acknowledgement.mode', 'implicit', acknowledgementMode()),
  ...SECURITY,
]

/** As Java reads them, whatever the case. */
const DURATION = /^P(?=.)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+([.,]\d{0,9})?S)?)?$/i

function offsetReset(): Validator {
  return {
    text: '[latest, earliest, none, by_duration:PnDTnHnMn.nS]',
    check: (name, value) => {
      const text = String(value)
      if (/^(latest|earliest|none)$/.test(text)) return null
      if (text.startsWith('by_duration:') && DURATION.test(text.slice('by_duration:'.length))) return null
      return invalid(
        name,
        text,
        `Invalid value \`${text}\` for configuration ${name}. The value must be either 'earliest', 'latest', 'none' or of the format 'by_duration:<PnDTnHnMn.nS.>'.`,
      )
    },
  }
}

/** Kafka checks it in every consumer, though only those of share groups go by it. */
function acknowledgementMode(): Validator {
  return {
    text: '[implicit, explicit]',
    check: (name, value) => {
      const text = String(value)
      if (/^(implicit|explicit)$/i.test(text)) return null
      const rule = "The value must either be 'implicit' or 'explicit'."
      return invalid(name, text, `Invalid value \`${text}\` for configuration ${name}. ${rule}`)
    },
  }
}
