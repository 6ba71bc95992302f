import type { Options } from './kafka-options.js'
import { UsageError } from './usage.js'

/** @throws UsageError naming the first of `required` that was not given. */
export function requireOptions<Name extends string>(options: Options<Name>, ...required: Name[]): void {
  const missing = required.find((name) => !options.has(name))
  if (missing !== undefined) throw new UsageError(`Missing required argument "[${missing}]"`)
}

/** @throws UsageError when `used` was given together with one of `others`. */
export function refuseTogether<Name extends string>(options: Options<Name>, used: Name, others: readonly Name[]): void {
  const clash = options.has(used) ? others.find((name) => options.has(name)) : undefined
  if (clash !== undefined) throw new UsageError(`Option "[${used}]" can't be used with option "[${clash}]"`)
}

/** `[a], [b]`: how Kafka lists options in its messages. */
export function optionList(names: readonly string[]): string {
  return names.map((name) => `[${name}]`).join(', ')
}
