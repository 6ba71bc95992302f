import { parseJavaDouble } from '../protocol/configs/java-double.js'
import type { ArgSpec } from './arg-grammar.js'
import { parseJavaInt, parseJavaLong } from './java-number.js'

/** What is wrong with `value` for this option, in the words of argparse4j; null if nothing is. */
export function checkedArg(spec: ArgSpec, value: string): string | null {
  if (spec.type === 'short') return checkedShort(value)
  if (spec.type === 'int' && parseJavaInt(value) === null) return unlike(value, 'Integer')
  if (spec.type === 'long' && parseJavaLong(value) === null) return unlike(value, 'Long')
  if (spec.type === 'double' && parseJavaDouble(value) === null) return unlike(value, 'Double')
  if (spec.choices === undefined || spec.choices.includes(value)) return null
  return `invalid choice: '${value}' (choose from {${spec.choices.join(',')}})`
}

const SHORT_MAX = 32_767

function checkedShort(value: string): string | null {
  const number = parseJavaInt(value)
  if (number === null) return unlike(value, 'Short')
  if (number >= -SHORT_MAX - 1 && number <= SHORT_MAX) return null
  return `could not convert '${value}' to Short (Value out of range. Value:"${value}" Radix:10)`
}

function unlike(value: string, type: string): string {
  const why = type === 'Double' && value.trim() === '' ? 'empty String' : `For input string: "${value}"`
  return `could not convert '${value}' to ${type} (${why})`
}
