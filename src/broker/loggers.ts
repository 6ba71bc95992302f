import type { Log, LogLevel } from '../base/log.js'
import type { ConfigChange } from '../cluster/alter-configs.js'
import { ConfigOperation } from '../cluster/config-operation.js'
import { type Refusal, refusal } from '../cluster/decision.js'
import { ErrorCode } from '../protocol/errors.js'
import { type ConfigEntry, ConfigSource, UNKNOWN_CONFIG_TYPE } from './config-source.js'

/** All of klog's log lines have one level, that of Kafka's root logger. */
const ROOT = 'root'
/** Kafka's levels, and klog's that come nearest. */
const LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ['DEBUG', 'DEBUG'],
  ['ERROR', 'ERROR'],
  ['FATAL', 'ERROR'],
  ['INFO', 'INFO'],
  ['TRACE', 'DEBUG'],
  ['WARN', 'WARN'],
])

export function loggerEntries(log: Log): ConfigEntry[] {
  return [
    {
      name: ROOT,
      value: log.level,
      readOnly: false,
      configSource: ConfigSource.BROKER_LOGGER,
      isSensitive: false,
      synonyms: [],
      configType: UNKNOWN_CONFIG_TYPE,
    },
  ]
}

/** Changes what is logged, at once and until the next start. */
export function alterLoggers(log: Log, changes: readonly ConfigChange[], validateOnly: boolean): Refusal | null {
  for (const change of changes) {
    const refused = refuse(change)
    if (refused !== null) return refused
  }
  const level = LEVELS.get(changes.at(-1)?.value ?? '')
  if (!validateOnly && level !== undefined) log.level = level
  return null
}

function refuse({ name, operation, value }: ConfigChange): Refusal | null {
  if (operation !== ConfigOperation.SET && operation !== ConfigOperation.DELETE) {
    const word = operation === ConfigOperation.APPEND ? 'APPEND' : 'SUBTRACT'
    return refusal(ErrorCode.INVALID_REQUEST, `${word} operation is not allowed for the BROKER_LOGGER resource`)
  }
  if (name !== ROOT) return refusal(ErrorCode.INVALID_CONFIG, `Logger ${name} does not exist!`)
  if (operation === ConfigOperation.DELETE)
    return refusal(ErrorCode.INVALID_REQUEST, 'Removing the log level of the root logger is not allowed')
  if (LEVELS.has(value ?? '')) return null
  const levels = [...LEVELS.keys()].join(', ')
  return refusal(
    ErrorCode.INVALID_CONFIG,
    `Cannot set the log level of ${name} to ${value} as it is not a supported log level. Valid log levels are ${levels}`,
  )
}
