import { Arguments } from './arguments.js'

export const REQUEST_BYTES_MAX = 64 * 1024
export const ANSWER_BYTES_MAX = 64 * 1024 * 1024

/** JSON in a frame. `version` is klog's. */
export interface ControlRequest {
  readonly version: string
  readonly verb: string
  readonly arguments: Arguments
}

export type ControlAnswer =
  | { readonly version: string; readonly result: unknown }
  | {
      readonly version: string
      readonly error: { readonly message: string; readonly nextStep: string | null; readonly isUnknownVerb?: boolean }
    }

/** Null for what is no request. */
export function readRequest(bytes: Buffer): ControlRequest | null {
  const value = parsed(bytes)
  const { version, verb } = value
  if (typeof version !== 'string' || typeof verb !== 'string') return null
  return { version, verb, arguments: new Arguments(value.arguments) }
}

/** Null for what is no answer. */
export function readAnswer(bytes: Buffer): ControlAnswer | null {
  const value = parsed(bytes)
  const { version, error } = value
  if (typeof version !== 'string') return null
  if (error === undefined) return { version, result: value.result }
  const { message, nextStep, isUnknownVerb } = (error ?? {}) as Record<string, unknown>
  if (typeof message !== 'string') return null
  const step = typeof nextStep === 'string' ? nextStep : null
  return { version, error: { message, nextStep: step, isUnknownVerb: isUnknownVerb === true } }
}

export function written(message: ControlAnswer | { version: string; verb: string; arguments: object }): Buffer {
  return Buffer.from(JSON.stringify(message))
}

function parsed(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
