import type { ConfigValue } from './parse.js'

/** What a value must satisfy beyond its type. */
export interface Validator {
  /** The allowed values as Kafka's documentation writes them. */
  readonly text: string
  /** null, or what is wrong in Kafka's words. `text` is the value as it is shown again, where that differs. */
  check(name: string, value: ConfigValue | null, text?: string): string | null
}

export const atLeast = (min: number): Validator => range(min, null)
export const between = (min: number, max: number): Validator => range(min, max)

function range(min: number, max: number | null): Validator {
  return {
    text: max === null ? `[${min},...]` : `[${min},...,${max}]`,
    check: (name, value, text = String(value)) => {
      if (value === null) return invalid(name, 'null', 'Value must be non-null')
      if (Number(value) < min) return invalid(name, text, `Value must be at least ${min}`)
      if (max !== null && Number(value) > max) return invalid(name, text, `Value must be no more than ${max}`)
      return null
    },
  }
}

/** A range, or -1 for whatever the codec takes by itself. */
export const betweenOrMinusOne = (min: number, max: number): Validator => ({
  text: `[${min},...,${max}] or -1`,
  check: (name, value) =>
    value === -1 || (Number(value) >= min && Number(value) <= max)
      ? null
      : invalid(name, shown(value), `Value must be between ${min} and ${max} or equal to -1`),
})

export const oneOf = (...allowed: string[]): Validator => ({
  text: `[${allowed.join(', ')}]`,
  check: (name, value) =>
    allowed.includes(String(value))
      ? null
      : invalid(name, shown(value), `String must be one of: ${allowed.join(', ')}`),
})

export const oneOfAnyCase = (...allowed: string[]): Validator => ({
  text: `(case insensitive) [${allowed.join(', ')}]`,
  check: (name, value) =>
    value !== null && allowed.includes(String(value).toUpperCase())
      ? null
      : invalid(name, shown(value), `String must be one of (case insensitive): ${allowed.join(', ')}`),
})

/** Entries that are not empty, each once; Kafka drops repeated ones before it looks. */
const listRule = (rules: { allowed: readonly string[]; empty: boolean; nullable: boolean }): Validator => ({
  text: rules.allowed.length === 0 ? '' : `[${rules.allowed.join(', ')}]`,
  check: (name, value) => {
    if (value === null) return rules.nullable ? null : `Configuration '${name}' values must not be null.`
    const entries = value as readonly string[]
    if (entries.length === 0 && !rules.empty) {
      const valid = rules.allowed.length === 0 ? 'any non-empty value' : `[${rules.allowed.join(', ')}]`
      return `Configuration '${name}' must not be empty. Valid values include: ${valid}`
    }
    if (entries.includes('')) return `Configuration '${name}' values must not be empty.`
    const odd = rules.allowed.length === 0 ? undefined : entries.find((entry) => !rules.allowed.includes(entry))
    return odd === undefined ? null : invalid(name, odd, `String must be one of: ${rules.allowed.join(', ')}`)
  },
})

export const anyEntries: Validator = listRule({ allowed: [], empty: true, nullable: false })
export const anyEntriesOrNull: Validator = listRule({ allowed: [], empty: true, nullable: true })
export const someEntries: Validator = listRule({ allowed: [], empty: false, nullable: false })
export const someEntriesOrNull: Validator = listRule({ allowed: [], empty: false, nullable: true })
export const entriesOf = (...allowed: string[]): Validator => listRule({ allowed, empty: true, nullable: false })
export const someEntriesOf = (...allowed: string[]): Validator => listRule({ allowed, empty: false, nullable: false })

/** Members of the metadata quorum, each `id@host:port`. Kafka calls the list non-empty and takes an empty one. */
export const voters: Validator = {
  text: 'non-empty list',
  check: (name, value) => {
    if (value === null) return `Invalid value null for configuration ${name}`
    for (const entry of value as readonly string[]) {
      const form = 'Each entry should be in the form `{id}@{host}:{port}`.'
      const parts = entry.split('@')
      if (parts.length !== 2) return `Invalid configuration value for ${name}. ${form}`
      if (!/^[+-]?\d+$/.test(parts[0]!)) return `Failed to parse voter ID as an integer from ${parts[0]}`
      if (!HOST_AND_PORT.test(parts[1]!))
        return `Failed to parse host name from entry ${entry} for the configuration ${name}. ${form}`
    }
    return null
  },
}

/** Where to ask for the metadata quorum, each `host:port`. */
export const bootstrapServers: Validator = {
  text: 'non-empty list',
  check: (name, value) => {
    if (value === null) return `Invalid value null for configuration ${name}`
    const odd = (value as readonly string[]).find((entry) => !HOST_AND_PORT.test(entry))
    const form = 'Each entry should be in the form "{host}:{port}"'
    return odd === undefined ? null : `Failed to parse host name from ${odd} for the configuration ${name}. ${form}`
  },
}

export const notNull: Validator = {
  text: 'non-null string',
  check: (name, value) => (value === null ? invalid(name, 'null', 'entry must be non null') : null),
}

export const notEmpty: Validator = {
  text: 'non-empty string',
  check: (name, value) => (value === '' ? invalid(name, '', 'String must be non-empty') : null),
}

/** A host name or an address, IPv6 in brackets or not. */
const HOST_AND_PORT = /^(?:[0-9a-zA-Z\-%._]*|\[?[0-9a-fA-F:%._]*\]?):[0-9]+$/
const REPLICA_LIST = '[partitionId]:[brokerId],[partitionId]:[brokerId],...'

/** The replicas that a throttle applies to: all of them, or those named. */
export const throttledReplicas: Validator = {
  text: REPLICA_LIST,
  check: (name, value) => {
    const entries = (value ?? []) as readonly string[]
    const isAll = entries.length === 1 && entries[0]!.trim() === '*'
    if (isAll || entries.every((entry) => /^([0-9]+:[0-9]+)?$/.test(entry.trim()))) return null
    const reason = `${name} must be the literal '*' or a list of replicas in the following format: ${REPLICA_LIST}`
    return invalid(name, shown(entries), reason)
  },
}

/** Where a share group starts reading: an end of the log, or so long ago. */
export const shareOffsetReset: Validator = {
  text: '[latest, earliest, by_duration:PnDTnHnMn.nS]',
  check: (name, value) => {
    const text = String(value)
    if (text === 'latest' || text === 'earliest') return null
    const duration = text.startsWith('by_duration:') ? text.slice('by_duration:'.length) : ''
    if (/^P(?=.)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+([.,]\d{0,9})?S)?)?$/i.test(duration)) return null
    const forms = `The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.`
    return invalid(name, text, `Invalid value \`${text}\` for configuration ${name}. ${forms}`)
  },
}

/** Kafka's sentence for a value that will not do. */
export function invalid(name: string, value: string, reason: string): string {
  return `Invalid value ${value} for configuration ${name}: ${reason}`
}

/** A value the way Java prints the parsed object. */
function shown(value: ConfigValue | null): string {
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value)
}
