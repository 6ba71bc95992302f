import { JavaError } from '../../java-error.js'

const PLAIN_LENGTH_MAX = 24

export interface CsvField {
  readonly text: string
  /** Where it begins in its line, from 1 on. */
  readonly column: number
}

/** One line as Kafka's tool writes it: long texts, and texts with a character before `-`, stand in quotes. */
export function csvLine(values: readonly (string | number)[]): string {
  return values.map((value) => (typeof value === 'number' ? String(value) : quotedIfNeeded(value))).join(',')
}

function quotedIfNeeded(text: string): string {
  if (text.length <= PLAIN_LENGTH_MAX && !/[\0-,]/.test(text)) return text
  return `"${text.replaceAll('"', '""')}"`
}

/**
 * The fields of one line; a field in quotes may hold commas, and quotes that are doubled.
 * @throws JavaError when a quote is not closed.
 */
export function csvFields(line: string): CsvField[] {
  const text = line.replace(/\r$/, '')
  const fields: CsvField[] = []
  let at = 0
  for (;;) {
    const column = at + 1
    const isQuoted = text[at] === '"'
    const { value, end } = isQuoted ? quotedField(text, at) : plainField(text, at)
    fields.push({ text: value, column })
    if (text[end] !== ',') return fields
    at = end + 1
  }
}

function plainField(text: string, at: number): { value: string; end: number } {
  const comma = text.indexOf(',', at)
  const end = comma < 0 ? text.length : comma
  return { value: text.slice(at, end), end }
}

function quotedField(text: string, at: number): { value: string; end: number } {
  const match = /^"((?:[^"]|"")*)"\s*/.exec(text.slice(at))
  if (match === null) {
    throw new JavaError(
      'com.fasterxml.jackson.core.JsonParseException',
      `Missing closing quote for value\n at [Source: (StringReader); line: 1, column: ${text.length + 1}]`,
    )
  }
  return { value: match[1]!.replaceAll('""', '"'), end: at + match[0].length }
}
