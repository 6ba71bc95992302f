import { ErrorCode, errorClass, errorMessage } from '../protocol/errors.js'

/** What a broker answered, or the client found, that keeps a call from succeeding. */
export class KafkaError extends Error {
  override name = 'KafkaError'

  constructor(
    readonly code: ErrorCode,
    message: string | null = null,
  ) {
    super(message ?? errorMessage(code))
  }

  /** What Kafka's own client raises for this error: part of the texts that its tools print. */
  get javaClass(): string | null {
    return errorClass(this.code)
  }
}

/** The time of a call ran out: trying again is no use. */
export class CallTimeout extends KafkaError {
  override name = 'CallTimeout'

  constructor(message: string) {
    super(ErrorCode.REQUEST_TIMED_OUT, message)
  }
}

/** A client setting that makes no sense, with Kafka's text. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly javaClass = 'org.apache.kafka.common.config.ConfigException'
}

/** Settings each of which makes sense, but not together: Kafka notices when it makes the client. */
export class ConfigConflict extends ConfigError {
  override name = 'ConfigConflict'
}

/** Kafka's base class of exceptions, where its tools show that one. */
export class ClientError extends Error {
  override name = 'ClientError'
  readonly javaClass = 'org.apache.kafka.common.KafkaException'
}

/** @throws KafkaError unless `code` says that all is well. */
export function throwIfError(code: ErrorCode, message: string | null = null): void {
  if (code !== ErrorCode.NONE) throw new KafkaError(code, message)
}

/** The error behind `code`, null if there is none. */
export function errorOf(code: ErrorCode, message: string | null = null): KafkaError | null {
  return code === ErrorCode.NONE ? null : new KafkaError(code, message)
}
