import { type Refusal, refusal } from '../cluster/decision.js'
import { parseConfig } from '../protocol/configs/parse.js'
import { ErrorCode } from '../protocol/errors.js'
import { type BrokerConfig, definitionOf } from './broker-config.js'
import { refuseListeners } from './dynamic-listeners.js'

/** Secrets and key stores of TLS: they can differ by listener, and while the broker runs only by listener. */
const BY_LISTENER_ONLY: readonly string[] = [
  'ssl.keystore.type',
  'ssl.key.password',
  'ssl.keystore.key',
  'ssl.truststore.type',
  'ssl.keystore.location',
  'ssl.truststore.location',
  'ssl.truststore.certificates',
  'ssl.truststore.password',
  'ssl.keystore.password',
  'ssl.keystore.certificate.chain',
]

const MEGABYTE = 1024 * 1024
/** Checked against each other; there is one cleaner whatever is set. */
const CLEANER_THREADS = 'log.cleaner.threads'
const DEDUPE_BUFFER = 'log.cleaner.dedupe.buffer.size'

const THREAD_COUNTS: readonly string[] = [
  'num.io.threads',
  'num.replica.fetchers',
  'num.recovery.threads.per.data.dir',
  'background.threads',
]

/**
 * Checks what would be set for a broker, or for all of them, while they run. A name that Kafka does not know passes: some
 * plugin might. Every refusal is INVALID_REQUEST, as the brokers of Kafka answer (KAFKA-13609).
 */
export function refuseDynamicConfigs(
  configs: ReadonlyMap<string, string>,
  scope: 'broker' | 'cluster',
  config: BrokerConfig,
): Refusal | null {
  const names = [...configs.keys()]
  const isDynamic = (name: string): boolean => definitionOf(name)?.update !== 'read-only'
  return (
    refuseNames(
      'Cannot update these configs dynamically',
      names.filter((name) => !isDynamic(name)),
    ) ??
    refuseNames(
      'These security configs can be dynamically updated only per-listener using the listener prefix',
      names.filter((name) => BY_LISTENER_ONLY.includes(name)),
    ) ??
    refuseValues(configs) ??
    refuseCordoned(configs, config) ??
    refuseDedupeBuffer(configs, config) ??
    (scope === 'broker'
      ? null
      : refuseNames(
          'Cannot update these configs at default cluster level, broker id must be specified',
          names.filter((name) => definitionOf(name)?.update === 'per-broker'),
        )) ??
    refuseThreads(configs, config) ??
    (scope === 'broker' ? refuseListeners(configs, config) : null) ??
    refuseCleaners(configs, config)
  )
}

/** klog has no such threads; what Kafka refuses is refused all the same. */
function refuseThreads(configs: ReadonlyMap<string, string>, config: BrokerConfig): Refusal | null {
  for (const name of THREAD_COUNTS) {
    const text = configs.get(name)
    if (text === undefined) continue
    const [wanted, current] = [Number(text), config.int(name)]
    const refuse = (reason: string): Refusal =>
      refusal(
        ErrorCode.INVALID_REQUEST,
        'Invalid value org.apache.kafka.common.config.ConfigException: Dynamic thread count update validation failed for ' +
          `${name}=${wanted}, value should ${reason} for configuration Invalid dynamic configuration`,
      )
    if (wanted < Math.floor(current / 2)) return refuse(`be at least half the current value ${current}`)
    if (wanted > current * 2) return refuse(`not be greater than double the current value ${current}`)
  }
  return null
}

/** One cleaner does it all here; of Kafka's each needs a piece of the memory. */
function refuseDedupeBuffer(configs: ReadonlyMap<string, string>, config: BrokerConfig): Refusal | null {
  const numberOf = (name: string): number => Number(configs.get(name) ?? config.shownText(name))
  const perThread = numberOf(DEDUPE_BUFFER) / numberOf(CLEANER_THREADS)
  if (!configs.has(DEDUPE_BUFFER) && !configs.has(CLEANER_THREADS)) return null
  if (Math.floor(perThread) > MEGABYTE) return null
  const reason = 'requirement failed: log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.'
  return refusal(ErrorCode.INVALID_REQUEST, reason)
}

function refuseCleaners(configs: ReadonlyMap<string, string>, config: BrokerConfig): Refusal | null {
  const text = configs.get(CLEANER_THREADS)
  if (text === undefined) return null
  const [wanted, current] = [Number(text), config.int(CLEANER_THREADS)]
  const refuse = (reason: string): Refusal =>
    refusal(
      ErrorCode.INVALID_REQUEST,
      `Invalid value org.apache.kafka.common.config.ConfigException: Log cleaner threads ${reason} the current value ` +
        `${current} for configuration Invalid dynamic configuration`,
    )
  if (wanted < 1)
    return refusal(
      ErrorCode.INVALID_REQUEST,
      'Invalid value org.apache.kafka.common.config.ConfigException: Log cleaner threads should be at least 1 for ' +
        'configuration Invalid dynamic configuration',
    )
  if (wanted < Math.floor(current / 2)) return refuse('cannot be reduced to less than half')
  return wanted > current * 2 ? refuse('cannot be increased to more than double') : null
}

function refuseCordoned(configs: ReadonlyMap<string, string>, config: BrokerConfig): Refusal | null {
  const given = (configs.get('cordoned.log.dirs') ?? '').split(',').map((path) => path.trim())
  const paths = given.filter((path) => path !== '')
  const invalid = (reason: string): Refusal => refusal(ErrorCode.INVALID_REQUEST, `requirement failed: ${reason}`)
  if (paths.includes('*'))
    return paths.length === 1 ? null : invalid('When cordoned.log.dirs is set to *, it must not contain other values')
  const dirs = config.list('log.dirs')
  const missing = paths.filter((path) => !(dirs.length > 0 ? dirs : [config.string('log.dir')]).includes(path))
  if (missing.length === 0) return null
  const entries = missing.join(', ')
  return invalid(
    `All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : ${entries}`,
  )
}

function refuseNames(reason: string, names: readonly string[]): Refusal | null {
  return names.length === 0 ? null : refusal(ErrorCode.INVALID_REQUEST, `${reason}: [${names.join(', ')}]`)
}

function refuseValues(configs: ReadonlyMap<string, string>): Refusal | null {
  for (const [name, text] of configs) {
    const definition = definitionOf(name)
    const parsed = definition === null ? null : parseConfig(definition, text)
    if (parsed?.ok === false) return refusal(ErrorCode.INVALID_REQUEST, parsed.message)
  }
  return null
}
