import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { JavaError } from './java-error.js'

/** The largest long of Java's, as the number nearest to it, and the largest number below. */
const LONG_LIMIT = 2 ** 63
const LONG_EXACT = LONG_LIMIT - 1024

/** A JSON value that says what is wrong with it in the words of Kafka's tools, which read JSON with the Jackson library. */
export class Json {
  constructor(readonly value: unknown) {}

  /** Null when the text is no JSON. What follows the first value does not count; no value at all is of no kind. */
  static parse(text: string): Json | null {
    if (text !== '' && text.trim() === '') return new Json(undefined)
    try {
      return new Json(JSON.parse(text.slice(0, endOfValue(text))))
    } catch {
      return null
    }
  }

  /** @throws JavaError unless this is an object. */
  fields(): JsonFields {
    const { value } = this
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.#unlike('Expected JSON object')
    return new JsonFields(value)
  }

  /** @throws JavaError unless this is an array. */
  items(): Json[] {
    if (!Array.isArray(this.value)) throw this.#unlike('Expected JSON array')
    return this.value.map((item) => new Json(item))
  }

  /** The same of a list whose items are read one by one. @throws JavaError unless this is an array. */
  list(): Json[] {
    if (!Array.isArray(this.value)) throw this.#unlike('Expected `JSON array` value')
    return this.items()
  }

  text(): string {
    if (typeof this.value !== 'string') throw this.#unlike('Expected `String` value')
    return this.value
  }

  int(): number {
    const { value } = this
    if (!Number.isInteger(value) || (value as number) !== ((value as number) | 0)) {
      throw this.#unlike('Expected `Integer` value')
    }
    return value as number
  }

  /** Beyond 2^53 the nearest number that JavaScript has. */
  long(): number {
    const { value } = this
    if (!Number.isInteger(value) || Math.abs(value as number) > LONG_LIMIT) throw this.#unlike('Expected `Long` value')
    return Math.max(-LONG_EXACT, Math.min(value as number, LONG_EXACT))
  }

  #unlike(expected: string): JavaError {
    return mappingError(`${expected}, received ${JSON.stringify(this.value) ?? ''}`)
  }
}

export class JsonFields {
  readonly #fields: ReadonlyMap<string, unknown>

  constructor(object: object) {
    this.#fields = new Map(Object.entries(object))
  }

  find(name: string): Json | null {
    return this.#fields.has(name) ? new Json(this.#fields.get(name)) : null
  }

  /** @throws JavaError when there is none of that name. */
  get(name: string): Json {
    const field = this.find(name)
    if (field === null) throw mappingError(`No such field exists: \`${name}\``)
    return field
  }
}

/** Where the first value of `text` ends; the whole where that cannot be told. */
function endOfValue(text: string): number {
  const scalar = /^\s*(?:"(?:[^"\\]|\\.)*"|[^\s[{"]+)/.exec(text)
  if (scalar !== null) return scalar[0].length
  let depth = 0
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token.startsWith('"')) continue
    depth += token === '{' || token === '[' ? 1 : -1
    if (depth === 0) return index + 1
  }
  return text.length
}

/** @throws JavaError when the file cannot be read. */
export function readTextFile(path: string, directory: string): string {
  try {
    return readFileSync(resolve(directory, path), 'utf8')
  } catch {
    throw new JavaError('java.io.IOException', `Unable to read file ${path}`)
  }
}

function mappingError(message: string): JavaError {
  return new JavaError('com.fasterxml.jackson.databind.JsonMappingException', message)
}
