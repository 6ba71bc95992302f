import { JavaError } from '../java-error.js'

/** What Kafka's tool refuses in one line. */
export function terse(message: string): JavaError {
  return new JavaError('org.apache.kafka.tools.TerseException', message)
}
