import { UserError } from '../base/user-error.js'
import { ConfigConflict } from './kafka-error.js'
import { ADMIN_SETTINGS } from './settings/admin.js'
import { Settings } from './settings.js'

/** The settings of Kafka's admin client that klog acts on; times in milliseconds. */
export interface ClientConfig {
  /** `host:port`, divided by commas; checked when the client opens. */
  readonly bootstrapServers: string
  readonly clientId: string
  readonly requestTimeoutMs: number
  readonly apiTimeoutMs: number
  readonly retries: number
  readonly retryBackoffMs: number
  readonly retryBackoffMsMax: number
  readonly reconnectBackoffMs: number
  readonly reconnectBackoffMsMax: number
  readonly connectTimeoutMs: number
}

/**
 * @throws ConfigError with Kafka's text on a value of the wrong type or range, ConfigConflict where two do not go together.
 * @throws UserError when the settings ask for an encrypted or authenticated connection.
 */
export function readClientConfig(
  bootstrapServers: string,
  properties: ReadonlyMap<string, string>,
  defaultClientId = 'adminclient-1',
): ClientConfig {
  const settings = new Settings(ADMIN_SETTINGS, new Map([...properties, ['bootstrap.servers', bootstrapServers]]))
  requirePlaintext(settings)
  const apiTimeoutMs = settings.number('default.api.timeout.ms')
  const requestTimeoutMs = settings.number('request.timeout.ms')
  if (settings.isGiven('default.api.timeout.ms') && apiTimeoutMs < requestTimeoutMs) {
    throw new ConfigConflict(
      'The specified value of default.api.timeout.ms must be no smaller than the value of request.timeout.ms.',
    )
  }
  return {
    bootstrapServers,
    clientId: settings.text('client.id') || defaultClientId,
    requestTimeoutMs,
    apiTimeoutMs: Math.max(apiTimeoutMs, requestTimeoutMs),
    retries: settings.number('retries'),
    retryBackoffMs: settings.number('retry.backoff.ms'),
    retryBackoffMsMax: settings.number('retry.backoff.max.ms'),
    reconnectBackoffMs: settings.number('reconnect.backoff.ms'),
    reconnectBackoffMsMax: settings.number('reconnect.backoff.max.ms'),
    connectTimeoutMs: settings.number('socket.connection.setup.timeout.ms'),
  }
}

function requirePlaintext(settings: Settings): void {
  const wanted = settings.text('security.protocol') ?? ''
  if (wanted.toUpperCase() === 'PLAINTEXT') return
  throw new UserError(
    `security.protocol=${wanted}: klog's tools connect to PLAINTEXT listeners only`,
    'Give --bootstrap-server the address of a PLAINTEXT listener and leave security.protocol out.',
  )
}
