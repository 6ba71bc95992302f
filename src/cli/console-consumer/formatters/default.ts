import type { ConsumedRecord } from '../../../client/consumer/fetched-chunk.js'
import { type Deserialize, deserializer } from '../deserializers.js'
import type { Formatter, Write } from '../formatter.js'

type Column = (record: ConsumedRecord, write: Write) => void

const NO_HEADERS = Buffer.from('NO_HEADERS')
const COLON = Buffer.from(':')

/** Columns that were asked for, in an order of their own, divided by `key.separator`. Keys and values are bytes as they are. */
export class DefaultFormatter implements Formatter {
  readonly #columns: readonly Column[]
  readonly #columnSeparator: Buffer
  readonly #lineSeparator: Buffer
  readonly #headersSeparator: Buffer
  readonly #nullLiteral: Buffer
  readonly #headerText: Deserialize | null

  /** @param onUnknownClass told of a deserializer that does not exist: then bytes are shown as they are. */
  constructor(properties: ReadonlyMap<string, string>, onUnknownClass: (className: string) => void) {
    const text = (name: string, fallback: string): Buffer => Buffer.from(properties.get(name) ?? fallback)
    const make = (name: string): Deserialize | null => makeDeserializer(name, properties, onUnknownClass)
    this.#columnSeparator = text('key.separator', '\t')
    this.#lineSeparator = text('line.separator', '\n')
    this.#headersSeparator = text('headers.separator', ',')
    this.#nullLiteral = text('null.literal', 'null')
    const keyText = make('key.deserializer')
    const valueText = make('value.deserializer')
    this.#headerText = make('headers.deserializer')
    const columns: readonly (readonly [property: string, isShown: boolean, column: Column])[] = [
      ['print.timestamp', false, (record, write) => write(Buffer.from(timeText(record)))],
      ['print.partition', false, ({ partition }, write) => write(Buffer.from(`Partition:${partition}`))],
      ['print.offset', false, ({ offset }, write) => write(Buffer.from(`Offset:${offset}`))],
      // Neither is known to this tool: the one belongs to share groups, the other Kafka's own loses on the way.
      ['print.delivery', false, (_, write) => write(Buffer.from('Delivery:NOT_PRESENT'))],
      ['print.epoch', false, (_, write) => write(Buffer.from('Epoch:NOT_PRESENT'))],
      ['print.headers', false, (record, write) => this.#writeHeaders(record, write)],
      ['print.key', false, ({ key }, write) => this.#writeField(key, keyText, write)],
      ['print.value', true, ({ value }, write) => this.#writeField(value, valueText, write)],
    ]
    this.#columns = columns
      .filter(([property, isShown]) => isTrue(properties.get(property) ?? String(isShown)))
      .map(([, , column]) => column)
  }

  format(record: ConsumedRecord, write: Write): void {
    const last = this.#columns.length - 1
    for (let i = 0; i <= last; i++) {
      this.#columns[i]!(record, write)
      write(i < last ? this.#columnSeparator : this.#lineSeparator)
    }
  }

  #writeHeaders({ headers }: ConsumedRecord, write: Write): void {
    if (headers.length === 0) write(NO_HEADERS)
    for (const [i, { key, value }] of headers.entries()) {
      if (i > 0) write(this.#headersSeparator)
      write(Buffer.from(key))
      write(COLON)
      this.#writeField(value, this.#headerText, write)
    }
  }

  #writeField(field: Buffer | null, toText: Deserialize | null, write: Write): void {
    const bytes = field ?? this.#nullLiteral
    write(toText === null ? bytes : Buffer.from(toText(bytes)))
  }
}

function makeDeserializer(
  name: string,
  properties: ReadonlyMap<string, string>,
  onUnknownClass: (className: string) => void,
): Deserialize | null {
  const className = properties.get(name)
  if (className === undefined) return null
  const own = [...properties].filter(([key]) => key.startsWith(`${name}.`))
  const made = deserializer(className, new Map(own.map(([key, value]) => [key.slice(name.length + 1), value])))
  if (made === null) onUnknownClass(className)
  return made
}

function timeText({ timestampType, timestamp }: ConsumedRecord): string {
  return timestampType === null ? 'NO_TIMESTAMP' : `${timestampType}:${timestamp}`
}

function isTrue(text: string): boolean {
  return text.trim().toLowerCase() === 'true'
}
