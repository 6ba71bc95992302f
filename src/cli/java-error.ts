import { JavaError } from '../base/java-error.js'
import { isCallFailure } from '../client/call-failure.js'
import { ConfigError } from '../client/kafka-error.js'
import { OptionError } from './kafka-options.js'

export { JavaError }

/** `class: message`, as Java prints an exception. */
export function javaText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const javaClass = (error as { javaClass?: unknown }).javaClass
  return typeof javaClass === 'string' ? `${javaClass}: ${message}` : message
}

/** What a caller of a Java future sees: the cause's text with another class in front. */
export function executionException(cause: unknown): JavaError {
  return new JavaError('java.util.concurrent.ExecutionException', javaText(cause))
}

export function runtimeException(cause: unknown): JavaError {
  return new JavaError('java.lang.RuntimeException', javaText(cause))
}

/** Whether Kafka's tools tell of `error` and end; anything else is a mistake of ours, or told in our own words. */
export function isKafkaFailure(error: unknown): error is Error {
  return isCallFailure(error) || OTHERS.some((failure) => error instanceof failure)
}

const OTHERS = [ConfigError, JavaError, OptionError]
