import { clientMetricsDefinitions } from './client-metrics-definitions.js'
import type { ConfigDefinition } from './definition.js'
import { type ConfigValue, parseConfig } from './parse.js'
import { type ConfigProblem, invalidConfig, invalidRequest } from './problem.js'

export const clientMetricsConfigs: ReadonlyMap<string, ConfigDefinition> = new Map(
  clientMetricsDefinitions.map((definition) => [definition.name, definition]),
)

const INTERVAL_MS_MIN = 100
const INTERVAL_MS_MAX = 3_600_000
/** What a client may be picked by. */
const MATCHERS = new Set([
  'client_instance_id',
  'client_id',
  'client_software_name',
  'client_software_version',
  'client_source_address',
  'client_source_port',
])

/** Checks a subscription to client metrics (KIP-714). */
export function checkClientMetricsConfigs(configs: ReadonlyMap<string, string>): ConfigProblem | null {
  for (const name of configs.keys()) {
    if (!clientMetricsConfigs.has(name)) return invalidRequest(`Unknown client metrics configuration: ${name}`)
  }
  const values = new Map<string, ConfigValue>()
  for (const definition of clientMetricsDefinitions) {
    const text = configs.get(definition.name)
    if (text === undefined) continue
    const parsed = parseConfig(definition, text)
    if (!parsed.ok) return invalidConfig(parsed.message)
    values.set(definition.name, parsed.value)
  }
  return checkInterval(values.get('interval.ms')) ?? checkMatchers(values.get('match'))
}

function checkInterval(interval: ConfigValue | undefined): ConfigProblem | null {
  if (interval === undefined || (Number(interval) >= INTERVAL_MS_MIN && Number(interval) <= INTERVAL_MS_MAX))
    return null
  const range = `interval must be between ${INTERVAL_MS_MIN} and ${INTERVAL_MS_MAX} (1 hour)`
  return invalidRequest(`Invalid value ${interval} for interval.ms, ${range}`)
}

function checkMatchers(match: ConfigValue | undefined): ConfigProblem | null {
  const odd = ((match ?? []) as readonly string[]).find((pattern) => !isMatcher(pattern))
  return odd === undefined ? null : invalidConfig(`Illegal client matching pattern: ${odd}`)
}

function isMatcher(pattern: string): boolean {
  const [name, regex, ...rest] = pattern.split('=')
  if (regex === undefined || rest.length > 0 || !MATCHERS.has(name!.trim())) return false
  try {
    new RegExp(regex.trim())
    return true
  } catch {
    return false
  }
}
