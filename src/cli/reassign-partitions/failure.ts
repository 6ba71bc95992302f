import { JavaError } from '../java-error.js'

/** Told without the name of a class. */
export class TerseFailure extends Error {
  override name = 'TerseFailure'
}

export function failed(message: string): JavaError {
  return new JavaError('org.apache.kafka.tools.AdminCommandFailedException', message)
}

export function operationFailed(message: string): JavaError {
  return new JavaError('org.apache.kafka.tools.AdminOperationException', message)
}
