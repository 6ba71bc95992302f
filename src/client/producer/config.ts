import type { Compression } from '../../records/batch.js'
import { type ClientConfig, readClientConfig } from '../client-config.js'
import { ClientError, ConfigError } from '../kafka-error.js'
import { PRODUCER_SETTINGS, ROUND_ROBIN_PARTITIONER } from '../settings/producer.js'
import { Settings } from '../settings.js'

export interface TransactionSettings {
  readonly transactionalId: string
  /** After so long the coordinator aborts. */
  readonly transactionTimeoutMs: number
  readonly maxBlockMs: number
}

/** What a producer goes by; times in milliseconds, sizes in bytes. */
export interface ProducerConfig {
  readonly client: ClientConfig
  readonly acks: -1 | 0 | 1
  readonly isIdempotent: boolean
  readonly compression: Compression
  /** Undefined: the codec's own. */
  readonly compressionLevel: number | undefined
  readonly batchBytes: number
  readonly lingerMs: number
  readonly memoryBytesMax: number
  readonly requestBytesMax: number
  readonly maxBlockMs: number
  readonly requestTimeoutMs: number
  readonly deliveryTimeoutMs: number
  readonly retries: number
  readonly inFlightMax: number
  readonly metadataMaxAgeMs: number
  readonly ignoresKeys: boolean
  readonly isRoundRobin: boolean
  /** Null for a producer without transactions. */
  readonly transaction: TransactionSettings | null
}

const IN_FLIGHT_MAX_IDEMPOTENT = 5

/** @throws ConfigError or ClientError with Kafka's text; UserError for what klog's tools do not do. */
export function readProducerConfig(properties: ReadonlyMap<string, string>): ProducerConfig {
  const settings = new Settings(PRODUCER_SETTINGS, properties)
  const isIdempotent = readIdempotence(settings)
  const requestTimeoutMs = settings.number('request.timeout.ms')
  const clientId = properties.get('client.id') ?? 'producer-1'
  const compression = settings.text('compression.type') as Compression
  try {
    return {
      client: readClientConfig(settings.list('bootstrap.servers').join(','), properties, clientId),
      acks: readAcks(settings),
      isIdempotent,
      compression,
      compressionLevel: readLevel(compression, settings),
      batchBytes: settings.number('batch.size'),
      lingerMs: settings.number('linger.ms'),
      memoryBytesMax: settings.number('buffer.memory'),
      requestBytesMax: settings.number('max.request.size'),
      maxBlockMs: settings.number('max.block.ms'),
      requestTimeoutMs,
      deliveryTimeoutMs: readDeliveryTimeout(settings),
      retries: settings.number('retries'),
      inFlightMax: settings.number('max.in.flight.requests.per.connection'),
      metadataMaxAgeMs: settings.number('metadata.max.age.ms'),
      ignoresKeys: settings.isTrue('partitioner.ignore.keys'),
      isRoundRobin: settings.text('partitioner.class') === ROUND_ROBIN_PARTITIONER,
      transaction: readTransaction(settings),
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new ClientError('Failed to construct kafka producer', { cause: error })
  }
}

function readTransaction(settings: Settings): TransactionSettings | null {
  const transactionalId = settings.text('transactional.id')
  if (transactionalId === null) return null
  return {
    transactionalId,
    transactionTimeoutMs: settings.number('transaction.timeout.ms'),
    maxBlockMs: settings.number('max.block.ms'),
  }
}

function readAcks(settings: Settings): -1 | 0 | 1 {
  const text = settings.text('acks')
  if (text === '0') return 0
  return text === '1' ? 1 : -1
}

/** On unless something asked for rules it out; asked for itself, it is a mistake. */
function readIdempotence(settings: Settings): boolean {
  const isAskedFor = settings.isGiven('enable.idempotence')
  const isWanted = settings.isTrue('enable.idempotence')
  const hasTransactions = settings.text('transactional.id') !== null
  const inFlight = settings.number('max.in.flight.requests.per.connection')
  const canRetry = settings.number('retries') > 0
  const hasAllAcks = readAcks(settings) === -1
  if (hasTransactions && !(isWanted && (isAskedFor || (canRetry && hasAllAcks)))) {
    throw new ConfigError('Cannot set a transactional.id without also enabling idempotence.')
  }
  if (!isWanted) return false
  if (!canRetry) {
    if (isAskedFor) throw new ConfigError('Must set retries to non-zero when using the idempotent producer.')
    return false
  }
  if (!hasAllAcks) {
    if (!isAskedFor) return false
    throw new ConfigError(
      'Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee idempotence.',
    )
  }
  if (inFlight > IN_FLIGHT_MAX_IDEMPOTENT) {
    throw new ConfigError(
      `To use the idempotent producer, max.in.flight.requests.per.connection must be set to at most ${IN_FLIGHT_MAX_IDEMPOTENT}. Current value is ${inFlight}.`,
    )
  }
  return true
}

/** @throws ConfigError when a delivery could never be in time. */
function readDeliveryTimeout(settings: Settings): number {
  const least = settings.number('linger.ms') + settings.number('request.timeout.ms')
  const given = settings.number('delivery.timeout.ms')
  if (given >= least) return given
  if (!settings.isGiven('delivery.timeout.ms')) return least
  throw new ConfigError('delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms')
}

function readLevel(compression: Compression, settings: Settings): number | undefined {
  if (compression === 'none' || compression === 'snappy') return undefined
  const level = settings.number(`compression.${compression}.level`)
  return settings.isGiven(`compression.${compression}.level`) && level !== -1 ? level : undefined
}
