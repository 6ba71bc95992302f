import type { ConfigDefinition } from './definition.js'
import { doubleText, parseJavaDouble } from './java-double.js'
import { invalid } from './validator.js'

/** A config's value by its type: LIST is an array; INT, SHORT, LONG and DOUBLE are numbers, longs saturated at 2^53 - 1. */
export type ConfigValue = boolean | number | string | readonly string[]

export type Parsed =
  /** `text` is the value as Kafka shows it again, e.g. `7` for ` 007`. */
  | { readonly ok: true; readonly value: ConfigValue; readonly text: string }
  | { readonly ok: false; readonly message: string }

/** Reads `text` as the definition's type and checks it against its validator, with Kafka's words for what is wrong. */
export function parseConfig(definition: ConfigDefinition, text: string): Parsed {
  const parsed = parseType(definition, text)
  if (!parsed.ok) return parsed
  const message = definition.validator?.check(definition.name, parsed.value, parsed.text) ?? null
  return message === null ? parsed : { ok: false, message }
}

/** The definition's default, which needs no checking; null where there is none. */
export function defaultValue(definition: ConfigDefinition): ConfigValue | null {
  if (definition.defaultText === null) return null
  if (definition.type === 'CLASS') return definition.defaultText
  const parsed = parseType(definition, definition.defaultText)
  return parsed.ok ? parsed.value : null
}

function parseType(definition: ConfigDefinition, text: string): Parsed {
  const { name, type } = definition
  const trimmed = text.trim()
  switch (type) {
    case 'BOOLEAN': {
      const word = trimmed.toLowerCase()
      if (word === 'true' || word === 'false') return { ok: true, value: word === 'true', text: word }
      return refused(name, text, 'Expected value to be either true or false')
    }
    case 'SHORT':
      return wholeNumber(definition, text, 16n)
    case 'INT':
      return wholeNumber(definition, text, 32n)
    case 'LONG':
      return wholeNumber(definition, text, 64n)
    case 'DOUBLE': {
      const value = parseJavaDouble(trimmed)
      if (value === null) return refused(name, text, 'Not a number of type DOUBLE')
      return { ok: true, value, text: doubleText(value) }
    }
    case 'LIST': {
      const entries = trimmed === '' ? [] : trimmed.split(/\s*,\s*/)
      // Kafka drops repeated entries with a warning, but only where the entries are checked one by one.
      const value = definition.validator?.text.startsWith('[partitionId]') ? entries : withoutRepeats(entries)
      return { ok: true, value, text: value.join(',') }
    }
    case 'CLASS':
      if (trimmed === definition.defaultText) return { ok: true, value: trimmed, text: trimmed }
      return refused(name, trimmed, `Class ${trimmed} could not be found.`)
    case 'STRING':
    case 'PASSWORD':
      return { ok: true, value: trimmed, text: trimmed }
  }
}

const WHOLE_NUMBER = /^[+-]?[0-9]{1,30}$/

function wholeNumber({ name, type }: ConfigDefinition, text: string, bits: bigint): Parsed {
  const trimmed = text.trim()
  const value = WHOLE_NUMBER.test(trimmed) ? BigInt(trimmed.replace('+', '')) : null
  if (value === null || BigInt.asIntN(Number(bits), value) !== value)
    return refused(name, text, `Not a number of type ${type}`)
  const number = Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)))
  return { ok: true, value: number, text: String(value) }
}

function withoutRepeats(entries: readonly string[]): readonly string[] {
  return [...new Set(entries)]
}

function refused(name: string, text: string, reason: string): Parsed {
  return { ok: false, message: invalid(name, text, reason) }
}
