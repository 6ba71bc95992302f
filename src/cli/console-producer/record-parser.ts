import { javaPattern, javaSplit } from '../../base/java-regex.js'
import { JavaError } from '../java-error.js'

/** What one line of input says. A null value is a tombstone. */
export interface ParsedRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly ParsedHeader[]
  /** Where it goes, if the line says. */
  readonly partition?: number | null
  /** Milliseconds since 1970, if the line says. */
  readonly timestamp?: number | null
}

/** Reads lines, one after the other. */
export interface LineParser {
  /** `line` is sound UTF-8; what is returned may be views of it. */
  parse(line: Buffer): ParsedRecord
}

export interface ParsedHeader {
  readonly key: string
  readonly value: Buffer | null
}

const NO_HEADERS: readonly ParsedHeader[] = []

/** Reads lines of the layout `[headers][headers.delimiter][key][key.separator]value`, as the reader properties say. */
export class RecordParser implements LineParser {
  readonly #parsesKey: boolean
  readonly #parsesHeaders: boolean
  readonly #ignoresErrors: boolean
  readonly #keySeparator: Buffer
  readonly #headersDelimiter: Buffer
  readonly #headersSeparator: RegExp
  readonly #headersKeySeparator: string
  readonly #nullMarker: string | null
  readonly #nullBytes: Buffer | null
  #lineNumber = 0

  /** @throws JavaError when two of the separators are the same. */
  constructor(properties: ReadonlyMap<string, string>) {
    const separators = separatorsOf(properties)
    refuseEqualSeparators(separators)
    this.#parsesKey = isTrue(properties.get('parse.key'))
    this.#parsesHeaders = isTrue(properties.get('parse.headers'))
    this.#ignoresErrors = isTrue(properties.get('ignore.error'))
    this.#keySeparator = Buffer.from(separators['key.separator'])
    this.#headersDelimiter = Buffer.from(separators['headers.delimiter'])
    this.#headersSeparator = javaPattern(separators['headers.separator'])
    this.#headersKeySeparator = separators['headers.key.separator']
    this.#nullMarker = separators['null.marker'] ?? null
    this.#nullBytes = this.#nullMarker === null ? null : Buffer.from(this.#nullMarker)
  }

  /**
   * `line` is sound UTF-8; what is returned may be views of it.
   * @throws JavaError when a separator is missing, unless `ignore.error` is on.
   */
  parse(line: Buffer): ParsedRecord {
    this.#lineNumber++
    if (!this.#parsesKey && !this.#parsesHeaders) {
      return { key: null, value: this.#unlessNull(line), headers: NO_HEADERS }
    }
    const headersEnd = this.#parsesHeaders ? this.#find(line, 0, this.#headersDelimiter, 'headers delimiter') : -1
    const keyStart = headersEnd < 0 ? 0 : headersEnd + this.#headersDelimiter.length
    const keyEnd = this.#parsesKey ? this.#find(line, keyStart, this.#keySeparator, 'key separator') : -1
    const valueStart = keyEnd < 0 ? keyStart : keyEnd + this.#keySeparator.length
    return {
      key: keyEnd < 0 ? null : this.#unlessNull(line.subarray(keyStart, keyEnd)),
      value: this.#unlessNull(line.subarray(valueStart)),
      headers: headersEnd < 0 ? NO_HEADERS : this.#headers(line.toString('utf8', 0, headersEnd)),
    }
  }

  /** Where `separator` starts; -1 when it is missing and that is allowed. */
  #find(line: Buffer, from: number, separator: Buffer, what: string): number {
    const at = line.indexOf(separator, from)
    if (at >= 0 || this.#ignoresErrors) return at
    throw kafkaException(`No ${what} found on line number ${this.#lineNumber}: '${line.toString()}'`)
  }

  #headers(section: string): readonly ParsedHeader[] {
    if (section === this.#nullMarker) return NO_HEADERS
    return javaSplit(section, this.#headersSeparator).map((pair) => this.#header(pair))
  }

  #header(pair: string): ParsedHeader {
    const at = pair.indexOf(this.#headersKeySeparator)
    if (at < 0) {
      if (this.#ignoresErrors) return { key: pair, value: null }
      throw kafkaException(`No header key separator found in pair '${pair}' on line number ${this.#lineNumber}`)
    }
    const key = pair.slice(0, at)
    if (key === this.#nullMarker) {
      throw kafkaException(`Header keys should not be equal to the null marker '${key}' as they can't be null`)
    }
    const value = pair.slice(at + this.#headersKeySeparator.length)
    return { key, value: value === this.#nullMarker ? null : Buffer.from(value) }
  }

  #unlessNull(field: Buffer): Buffer | null {
    return this.#nullBytes?.equals(field) ? null : field
  }
}

interface Separators {
  readonly 'key.separator': string
  readonly 'headers.delimiter': string
  readonly 'headers.separator': string
  readonly 'headers.key.separator': string
  readonly 'null.marker': string | undefined
}

/** In the order in which Kafka checks them. The key separator may equal the headers delimiter: both are a tab by default. */
const MUST_DIFFER: readonly (readonly [keyof Separators, keyof Separators])[] = [
  ['headers.delimiter', 'headers.separator'],
  ['headers.delimiter', 'headers.key.separator'],
  ['headers.separator', 'headers.key.separator'],
  ['null.marker', 'key.separator'],
  ['null.marker', 'headers.separator'],
  ['null.marker', 'headers.delimiter'],
  ['null.marker', 'headers.key.separator'],
]

function separatorsOf(properties: ReadonlyMap<string, string>): Separators {
  return {
    'key.separator': properties.get('key.separator') ?? '\t',
    'headers.delimiter': properties.get('headers.delimiter') ?? '\t',
    'headers.separator': properties.get('headers.separator') ?? ',',
    'headers.key.separator': properties.get('headers.key.separator') ?? ':',
    'null.marker': properties.get('null.marker'),
  }
}

function refuseEqualSeparators(separators: Separators): void {
  const clash = MUST_DIFFER.find(([a, b]) => separators[a] === separators[b])
  if (clash !== undefined) throw kafkaException(`${clash[0]} and ${clash[1]} may not be equal`)
}

function isTrue(text: string | undefined): boolean {
  return text !== undefined && text.trim().toLowerCase() === 'true'
}

function kafkaException(message: string): JavaError {
  return new JavaError('org.apache.kafka.common.KafkaException', message)
}
