import type { ConfigDefinition } from './definition.js'
import { groupDefinitions } from './group-definitions.js'
import { type ConfigValue, parseConfig } from './parse.js'
import { type ConfigProblem, invalidConfig } from './problem.js'

/** Every config of a group by name. */
export const groupConfigs: ReadonlyMap<string, ConfigDefinition> = new Map(
  groupDefinitions.map((definition) => [definition.name, definition]),
)

/** Group configs that a broker bounds by its own `group.….min.…` or `group.….max.…`, in the order of Kafka's checks. */
const BOUNDS: readonly [config: string, lower: string | null, upper: string | null][] = [
  [
    'consumer.heartbeat.interval.ms',
    'group.consumer.min.heartbeat.interval.ms',
    'group.consumer.max.heartbeat.interval.ms',
  ],
  ['consumer.session.timeout.ms', 'group.consumer.min.session.timeout.ms', 'group.consumer.max.session.timeout.ms'],
  [
    'consumer.assignment.interval.ms',
    'group.consumer.min.assignment.interval.ms',
    'group.consumer.max.assignment.interval.ms',
  ],
  ['share.heartbeat.interval.ms', 'group.share.min.heartbeat.interval.ms', 'group.share.max.heartbeat.interval.ms'],
  ['share.session.timeout.ms', 'group.share.min.session.timeout.ms', 'group.share.max.session.timeout.ms'],
  [
    'share.record.lock.duration.ms',
    'group.share.min.record.lock.duration.ms',
    'group.share.max.record.lock.duration.ms',
  ],
  ['share.delivery.count.limit', 'group.share.min.delivery.count.limit', 'group.share.max.delivery.count.limit'],
  [
    'share.partition.max.record.locks',
    'group.share.min.partition.max.record.locks',
    'group.share.max.partition.max.record.locks',
  ],
  ['share.assignment.interval.ms', 'group.share.min.assignment.interval.ms', 'group.share.max.assignment.interval.ms'],
  [
    'streams.heartbeat.interval.ms',
    'group.streams.min.heartbeat.interval.ms',
    'group.streams.max.heartbeat.interval.ms',
  ],
  ['streams.session.timeout.ms', 'group.streams.min.session.timeout.ms', 'group.streams.max.session.timeout.ms'],
  ['streams.num.standby.replicas', null, 'group.streams.max.standby.replicas'],
  [
    'streams.assignment.interval.ms',
    'group.streams.min.assignment.interval.ms',
    'group.streams.max.assignment.interval.ms',
  ],
]

/** `brokerInt` is the value of a broker config: a group's values stand before it and are bounded by it. */
export function checkGroupConfigs(
  configs: ReadonlyMap<string, string>,
  brokerInt: (name: string) => number,
): ConfigProblem | null {
  for (const name of configs.keys()) {
    if (!groupConfigs.has(name)) return invalidConfig(`Unknown group config name: ${name}`)
  }
  const values = new Map<string, ConfigValue>()
  for (const definition of groupDefinitions) {
    const text = configs.get(definition.name)
    if (text === undefined) continue
    const parsed = parseConfig(definition, text)
    if (!parsed.ok) return invalidConfig(parsed.message)
    values.set(definition.name, parsed.value)
  }
  return checkBounds(values, brokerInt) ?? checkHeartbeats(values, brokerInt)
}

function checkBounds(
  values: ReadonlyMap<string, ConfigValue>,
  brokerInt: (name: string) => number,
): ConfigProblem | null {
  for (const [name, lower, upper] of BOUNDS) {
    const value = values.get(name)
    if (value === undefined) continue
    if (lower !== null && Number(value) < brokerInt(lower))
      return invalidConfig(`${name} must be greater than or equal to ${lower}`)
    if (upper !== null && Number(value) > brokerInt(upper))
      return invalidConfig(`${name} must be less than or equal to ${upper}`)
  }
  return null
}

/** A member that heartbeats as asked must not be taken for dead. */
function checkHeartbeats(
  values: ReadonlyMap<string, ConfigValue>,
  brokerInt: (name: string) => number,
): ConfigProblem | null {
  for (const type of ['consumer', 'share', 'streams']) {
    const [timeout, interval] = [`${type}.session.timeout.ms`, `${type}.heartbeat.interval.ms`]
    const effective = (name: string): number => Number(values.get(name) ?? brokerInt(`group.${name}`))
    if (effective(timeout) <= effective(interval)) return invalidConfig(`${timeout} must be greater than ${interval}`)
  }
  return null
}
