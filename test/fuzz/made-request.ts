import type { Api, Field, ScalarKind, Shape } from '../../src/protocol/schema.js'
import { covers } from '../../src/protocol/versions.js'

/** What a request is made of, wherever its schema leaves a choice. Fields are named with those that they are in: `topics.partitions.index`. */
export interface Choices {
  readonly clientId: string
  /** How many elements an array has. */
  count(field: string): number
  isNull(field: string): boolean
  /** Whether a field that may be left out (KIP-482) is there. */
  isTagged(field: string): boolean
  /** The bytes of a value: of a text or of records without their length. */
  value(field: string, kind: ScalarKind): Buffer
}

const SIZED: ReadonlySet<string> = new Set(['string', 'bytes', 'records'])

/** A frame that is what its schema says, whatever it asks for; written apart from the codec. */
export function madeRequest(api: Api, version: number, correlationId: number, choices: Choices): Buffer {
  const isFlexible = api.flexible !== 'none' && covers(api.flexible, version)
  const made = new RequestMaker(version, isFlexible, choices)
  const header = Buffer.alloc(8)
  header.writeInt16BE(api.key, 0)
  header.writeInt16BE(version, 2)
  header.writeInt32BE(correlationId, 4)
  made.put(header)
  made.putLength(choices.clientId.length, 2)
  made.put(Buffer.from(choices.clientId))
  if (isFlexible) made.put(Buffer.from([0]))
  made.struct(api.request, '')
  return made.bytes()
}

class RequestMaker {
  #buffer = Buffer.alloc(4096)
  #length = 0

  constructor(
    readonly version: number,
    readonly isFlexible: boolean,
    readonly choices: Choices,
  ) {}

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  struct(shape: Shape, path: string): void {
    const tagged: [number, string, Field][] = []
    for (const [name, field] of Object.entries(shape)) {
      if (!covers(field.versions, this.version)) continue
      const { tag, taggedVersions } = field.options
      if (!covers(taggedVersions, this.version)) this.#field(`${path}${name}`, field)
      else if (this.choices.isTagged(`${path}${name}`)) tagged.push([tag!, `${path}${name}`, field])
    }
    if (!this.isFlexible) return
    this.#varint(tagged.length)
    for (const [tag, name, field] of tagged.sort(([a], [b]) => a - b)) {
      const inside = new RequestMaker(this.version, true, this.choices)
      inside.#field(name, field)
      this.#varint(tag)
      this.#varint(inside.#length)
      this.put(inside.bytes())
    }
  }

  #field(path: string, { kind, of, options }: Field): void {
    const isNull = covers(options.nullable, this.version) && this.choices.isNull(path)
    if (kind === 'array') this.#array(path, of, isNull)
    else if (kind === 'struct') {
      if (covers(options.nullable, this.version)) this.put(Buffer.from([isNull ? 0xff : 1]))
      if (!isNull) this.struct(of as Shape, `${path}.`)
    } else this.#scalar(path, kind, isNull)
  }

  #array(path: string, of: unknown, isNull: boolean): void {
    const count = isNull ? -1 : this.choices.count(path)
    this.putLength(count, 4)
    for (let at = 0; at < count; at++)
      if (typeof of === 'string') this.#scalar(path, of as ScalarKind, false)
      else this.struct(of as Shape, `${path}.`)
  }

  #scalar(path: string, kind: ScalarKind, isNull: boolean): void {
    const bytes = isNull ? null : this.choices.value(path, kind)
    if (SIZED.has(kind)) this.putLength(bytes?.length ?? -1, kind === 'string' ? 2 : 4)
    if (bytes !== null) this.put(bytes)
  }

  putLength(length: number, sizeBytes: 2 | 4): void {
    // The header's lengths are never compact.
    if (this.isFlexible && this.#length > 8) this.#varint(length + 1)
    else if (sizeBytes === 2) this.put(int16(length))
    else this.put(int32(length))
  }

  #varint(value: number): void {
    const bytes: number[] = []
    for (let left = value; ; left = Math.floor(left / 128)) {
      bytes.push(left > 0x7f ? (left & 0x7f) | 0x80 : left)
      if (left <= 0x7f) break
    }
    this.put(Buffer.from(bytes))
  }

  put(bytes: Buffer): void {
    if (this.#length + bytes.length > this.#buffer.length)
      this.#buffer = Buffer.concat([this.#buffer], Math.max(2 * this.#buffer.length, this.#length + bytes.length))
    bytes.copy(this.#buffer, this.#length)
    this.#length += bytes.length
  }
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
