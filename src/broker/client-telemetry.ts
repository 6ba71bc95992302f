import type { Clock } from '../base/clock.js'
import type { Random } from '../base/random.js'
import { METADATA_TOPIC_ID, randomUuid, type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import { ResourceType } from '../cluster/resource-type.js'
import { ErrorCode } from '../protocol/errors.js'
import type { GetTelemetrySubscriptions } from '../protocol/messages/get-telemetry-subscriptions.js'
import type { PushTelemetry } from '../protocol/messages/push-telemetry.js'
import type { ReadRequest, WriteResponse } from '../protocol/schema.js'
import { decompress } from '../records/compression.js'
import type { BrokerConfig } from './broker-config.js'
import type { MetadataLog } from './metadata-log.js'
import { type ClientTraits, subscriptionOf, type TelemetrySubscription } from './telemetry-subscription.js'

/** zstd, lz4, gzip, snappy: the first is what a client should take. */
const COMPRESSIONS_OFFERED: readonly number[] = [4, 3, 1, 2]
/** By their ids. */
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
/** Far more than anybody has metrics. */
const UNPACKED_BYTES_MAX = 64 * 1024 * 1024
/** Clients that are remembered; the one that was quiet for the longest goes first. */
const CLIENTS_MAX = 16_384
const IDLE_MS_MIN = 60_000
const NEVER = Number.NEGATIVE_INFINITY

interface Client {
  readonly traits: ClientTraits
  readonly subscription: TelemetrySubscription
  /** Of the subscriptions that this one was made from. */
  readonly revision: number
  expiresMs: number
  lastGetMs: number
  lastPushMs: number
  lastError: ErrorCode
  isTerminating: boolean
}

/** The cluster's subscriptions when a client last asked. */
interface Seen {
  readonly configs: unknown
  readonly subscriptions: readonly unknown[]
  readonly revision: number
}

export interface ClientTelemetryOptions {
  readonly clock: Clock
  readonly random: Random
  readonly config: BrokerConfig
  readonly metadata: Pick<MetadataLog, 'image'>
}

/**
 * What clients are asked to tell about themselves, and how often (KIP-714). What they push goes to nobody: in Kafka it goes to
 * plugins, and there too a broker without any takes it and does not advertise that it would.
 */
export class ClientTelemetry {
  /** By instance id; the least recently heard of first. */
  readonly #clients = new Map<Uuid, Client>()
  #seen: Seen = { configs: null, subscriptions: [], revision: 0 }

  constructor(readonly options: ClientTelemetryOptions) {}

  /** `traits` without the instance id, which a new client gets here. */
  get(
    { clientInstanceId }: ReadRequest<typeof GetTelemetrySubscriptions>,
    traits: ClientTraits,
  ): WriteResponse<typeof GetTelemetrySubscriptions> {
    const id = clientInstanceId === ZERO_UUID ? randomUuid(this.options.random) : clientInstanceId
    const client = this.#client(id, traits)
    const nowMs = this.options.clock.monotonicMs()
    const isDue = nowMs - Math.max(client.lastGetMs, client.lastPushMs) >= client.subscription.pushIntervalMs
    if (isDue) client.lastGetMs = nowMs
    else if (!mayAskAgain(client.lastError)) return refused(ErrorCode.THROTTLING_QUOTA_EXCEEDED)
    client.lastError = ErrorCode.NONE
    return {
      errorCode: ErrorCode.NONE,
      clientInstanceId: id,
      subscriptionId: client.subscription.id,
      acceptedCompressionTypes: [...COMPRESSIONS_OFFERED],
      pushIntervalMs: client.subscription.pushIntervalMs,
      telemetryMaxBytes: this.#bytesMax,
      deltaTemporality: true,
      requestedMetrics: [...client.subscription.metrics],
    }
  }

  push(request: ReadRequest<typeof PushTelemetry>, traits: ClientTraits): WriteResponse<typeof PushTelemetry> {
    const id = request.clientInstanceId
    if (id === ZERO_UUID || id === METADATA_TOPIC_ID) return { errorCode: ErrorCode.INVALID_REQUEST }
    const client = this.#client(id, traits)
    const refused = this.#check(request, client)
    client.lastError = refused === ErrorCode.NONE ? unpackingProblem(request) : refused
    client.isTerminating = request.terminating
    return { errorCode: client.lastError }
  }

  get #bytesMax(): number {
    return this.options.config.int('telemetry.max.bytes')
  }

  #check(request: ReadRequest<typeof PushTelemetry>, client: Client): ErrorCode {
    const { subscriptionId, terminating, compressionType, metrics } = request
    if (client.isTerminating) return ErrorCode.INVALID_REQUEST
    const nowMs = this.options.clock.monotonicMs()
    // Clients spread their first push over the interval: right after they asked, any time will do.
    const isDue =
      client.lastGetMs > client.lastPushMs || nowMs - client.lastPushMs >= client.subscription.pushIntervalMs
    if (isDue) client.lastPushMs = nowMs
    if (!isDue && !terminating) return ErrorCode.THROTTLING_QUOTA_EXCEEDED
    if (subscriptionId !== client.subscription.id) return ErrorCode.UNKNOWN_SUBSCRIPTION_ID
    if (CODECS[compressionType] === undefined) return ErrorCode.UNSUPPORTED_COMPRESSION_TYPE
    return (metrics?.length ?? 0) > this.#bytesMax ? ErrorCode.TELEMETRY_TOO_LARGE : ErrorCode.NONE
  }

  /** A client that has not been heard of for long begins anew; so does every client when any subscription has changed. */
  #client(id: Uuid, traits: ClientTraits): Client {
    const nowMs = this.options.clock.monotonicMs()
    const revision = this.#currentRevision()
    const known = this.#clients.get(id)
    const isAlive = known !== undefined && known.expiresMs > nowMs
    const itsTraits = isAlive ? known.traits : { ...traits, client_instance_id: id }
    const client = isAlive && known.revision === revision ? known : this.#begin(id, itsTraits, revision)
    client.expiresMs = nowMs + Math.max(IDLE_MS_MIN, client.subscription.pushIntervalMs * 3)
    this.#clients.delete(id)
    this.#clients.set(id, client)
    for (const [oldest, { expiresMs }] of this.#clients) {
      if (this.#clients.size <= CLIENTS_MAX && expiresMs > nowMs) break
      this.#clients.delete(oldest)
    }
    return client
  }

  #begin(id: Uuid, traits: ClientTraits, revision: number): Client {
    return {
      traits,
      subscription: subscriptionOf(this.options.metadata.image, id, traits),
      revision,
      expiresMs: 0,
      lastGetMs: NEVER,
      lastPushMs: NEVER,
      lastError: ErrorCode.NONE,
      isTerminating: false,
    }
  }

  /** Moves on with each change of any subscription. */
  #currentRevision(): number {
    const { image } = this.options.metadata
    if (image.parts.configs === this.#seen.configs) return this.#seen.revision
    const names = image.configuredNames(ResourceType.CLIENT_METRICS)
    const subscriptions = names.map((name) => image.configs(ResourceType.CLIENT_METRICS, name))
    const before = this.#seen.subscriptions
    const isSame = subscriptions.length === before.length && subscriptions.every((one, at) => one === before[at])
    const revision = this.#seen.revision + (isSame ? 0 : 1)
    this.#seen = { configs: image.parts.configs, subscriptions, revision }
    return revision
  }
}

/** The broker itself has just sent the client back to ask. */
function mayAskAgain(lastError: ErrorCode): boolean {
  return lastError === ErrorCode.UNKNOWN_SUBSCRIPTION_ID || lastError === ErrorCode.UNSUPPORTED_COMPRESSION_TYPE
}

/** Nobody reads what was pushed; that it can be unpacked is checked all the same. */
function unpackingProblem({ compressionType, metrics }: ReadRequest<typeof PushTelemetry>): ErrorCode {
  const codec = CODECS[compressionType]
  if (metrics === null || metrics.length === 0 || codec === undefined || codec === 'none') return ErrorCode.NONE
  try {
    decompress(codec, metrics, UNPACKED_BYTES_MAX)
    return ErrorCode.NONE
  } catch {
    return ErrorCode.INVALID_RECORD
  }
}

function refused(errorCode: ErrorCode): WriteResponse<typeof GetTelemetrySubscriptions> {
  return {
    errorCode,
    clientInstanceId: ZERO_UUID,
    subscriptionId: 0,
    acceptedCompressionTypes: [],
    pushIntervalMs: 0,
    telemetryMaxBytes: 0,
    deltaTemporality: false,
    requestedMetrics: [],
  }
}
