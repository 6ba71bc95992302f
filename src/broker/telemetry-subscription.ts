import { crc32c } from '../bytes/crc32c.js'
import { type Uuid, uuidToBytes } from '../bytes/uuid.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import { ResourceType } from '../cluster/resource-type.js'
import { clientMetricsConfigs } from '../protocol/configs/client-metrics.js'
import { inHashOrder } from '../protocol/configs/hash-order.js'
import { type ConfigValue, defaultValue, parseConfig } from '../protocol/configs/parse.js'

const INTERVAL_MS_DEFAULT = 300_000
/** A prefix that every metric's name has. */
const ALL_METRICS = '*'

/** What a client can be picked by, under the names of the `match` config. */
export type ClientTraits = Readonly<Record<string, string>>

/** What one client is asked to push. */
export interface TelemetrySubscription {
  /** The same for the same client, metrics and interval, so that a client that pushes by an old one is found out. */
  readonly id: number
  readonly metrics: readonly string[]
  readonly pushIntervalMs: number
}

/** Everything that the cluster's subscriptions want of a client: their metrics together, as often as the most eager asks. */
export function subscriptionOf(image: MetadataImage, clientId: Uuid, traits: ClientTraits): TelemetrySubscription {
  const wanted = new Set<string>()
  let pushIntervalMs = INTERVAL_MS_DEFAULT
  for (const name of image.configuredNames(ResourceType.CLIENT_METRICS)) {
    const configs = image.configs(ResourceType.CLIENT_METRICS, name)
    if (!matches(configOf(configs, 'match') as readonly string[], traits)) continue
    for (const metric of configOf(configs, 'metrics') as readonly string[]) wanted.add(metric)
    pushIntervalMs = Math.min(pushIntervalMs, configOf(configs, 'interval.ms') as number)
  }
  const names = wanted.has(ALL_METRICS) ? [ALL_METRICS] : [...wanted]
  const metrics = inHashOrder(names.map((name) => ({ name }))).map(({ name }) => name)
  return { id: subscriptionId(metrics, pushIntervalMs, clientId), metrics, pushIntervalMs }
}

function configOf(configs: ReadonlyMap<string, string>, name: string): ConfigValue | null {
  const definition = clientMetricsConfigs.get(name)!
  const text = configs.get(name)
  const parsed = text === undefined ? null : parseConfig(definition, text)
  return parsed?.ok ? parsed.value : defaultValue(definition)
}

/** Every pattern has to match the whole of its trait; no pattern picks every client. */
function matches(patterns: readonly string[], traits: ClientTraits): boolean {
  return patterns.every((pattern) => {
    const [name, regex] = pattern.split('=')
    const trait = traits[name!.trim()]
    return trait !== undefined && new RegExp(`^(?:${(regex ?? '').trim()})$`).test(trait)
  })
}

/** KIP-714: the checksum of what is asked for, mixed with whom it is asked of. */
function subscriptionId(metrics: readonly string[], intervalMs: number, clientId: Uuid): number {
  const checksum = crc32c(Buffer.from(`[${metrics.join(', ')}]${intervalMs}`))
  const id = uuidToBytes(clientId)
  return checksum ^ id.readInt32BE(0) ^ id.readInt32BE(4) ^ id.readInt32BE(8) ^ id.readInt32BE(12)
}
