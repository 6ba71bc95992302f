import type { Api, Field, Shape } from '../../../src/protocol/schema.js'
import { covers } from '../../../src/protocol/versions.js'
import { buildBatch } from '../../../src/records/builder.js'

/** A place in a request where a lie can be told. */
export interface Spot {
  readonly start: number
  readonly end: number
  readonly kind: 'number' | 'length16' | 'length32' | 'varlength' | 'tags'
  readonly field: string
}

export interface Sample {
  readonly bytes: Buffer
  readonly spots: readonly Spot[]
}

const CLIENT_ID = 'hostile'
const NUMBER_BYTES: Partial<Record<string, number>> = {
  ...{ boolean: 1, int8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, int64: 8, int64Bits: 8, float64: 8, uuid: 16 },
}

/**
 * A request with one of everything, written from the schema alone and apart from the codec, so that it is known where each of
 * its lengths, counts and numbers lies. `hasNulls`: whatever may be null is.
 */
export function sampleRequest(api: Api, version: number, hasNulls: boolean): Sample {
  const writer = new SampleWriter(version, api.flexible !== 'none' && covers(api.flexible, version), hasNulls)
  writer.header(api.key)
  writer.struct(api.request)
  return { bytes: Buffer.concat(writer.chunks), spots: writer.spots }
}

class SampleWriter {
  readonly chunks: Buffer[] = []
  readonly spots: Spot[] = []
  #length = 0

  constructor(
    readonly version: number,
    readonly isFlexible: boolean,
    readonly hasNulls: boolean,
  ) {}

  header(apiKey: number): void {
    const fixed = Buffer.alloc(8)
    fixed.writeInt16BE(apiKey, 0)
    fixed.writeInt16BE(this.version, 2)
    fixed.writeInt32BE(42, 4)
    this.#put(fixed)
    this.#put(int(CLIENT_ID.length, 2), 'length16', 'client id')
    this.#put(Buffer.from(CLIENT_ID))
    if (this.isFlexible) this.#put(Buffer.from([0]), 'tags', 'header')
  }

  struct(shape: Shape): void {
    const here = Object.entries(shape).filter(([, { versions }]) => covers(versions, this.version))
    for (const [name, field] of here) if (!this.#isTagged(field)) this.#value(name, field)
    if (this.isFlexible) this.#put(Buffer.from([0]), 'tags', Object.keys(shape)[0] ?? 'nothing')
  }

  #isTagged({ options }: Field): boolean {
    return options.taggedVersions !== undefined && covers(options.taggedVersions, this.version)
  }

  #value(name: string, { kind, of, options }: Field): void {
    const mayBeNull = options.nullable !== undefined && covers(options.nullable, this.version)
    const isNull = this.hasNulls && mayBeNull
    if (kind === 'struct') {
      if (mayBeNull) this.#put(Buffer.from([isNull ? 0xff : 1]), 'number', `${name} is there`)
      if (!isNull) this.struct(of as Shape)
    } else if (kind === 'array') {
      this.#count(name, isNull ? -1 : 1, 4)
      if (isNull) return
      if (typeof of === 'string') this.#scalar(name, of, false)
      else this.struct(of as Shape)
    } else this.#scalar(name, kind, isNull)
  }

  #scalar(name: string, kind: string, isNull: boolean): void {
    const sizeBytes = NUMBER_BYTES[kind]
    if (sizeBytes !== undefined) {
      this.#put(kind === 'uuid' ? Buffer.alloc(16, 7) : int(1, sizeBytes), 'number', name)
      return
    }
    const bytes = kind === 'records' ? records() : Buffer.from('x')
    this.#count(name, isNull ? -1 : bytes.length, kind === 'string' ? 2 : 4)
    if (!isNull) this.#put(bytes)
  }

  #count(name: string, count: number, sizeBytes: 2 | 4): void {
    if (this.isFlexible) this.#put(uvarint(count + 1), 'varlength', name)
    else this.#put(int(count, sizeBytes), sizeBytes === 2 ? 'length16' : 'length32', name)
  }

  #put(bytes: Buffer, kind?: Spot['kind'], field = ''): void {
    if (kind !== undefined) this.spots.push({ start: this.#length, end: this.#length + bytes.length, kind, field })
    this.chunks.push(bytes)
    this.#length += bytes.length
  }
}

function records(): Buffer {
  return buildBatch({ records: [{ timestamp: 1_700_000_000_000, key: null, value: Buffer.from('x') }] })
}

export function int(value: number, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes, value < 0 ? 0xff : 0)
  bytes.writeIntBE(value, Math.max(0, sizeBytes - 6), Math.min(6, sizeBytes))
  return bytes
}

export function uvarint(value: number): Buffer {
  const bytes: number[] = []
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value & 0x7f) | 0x80)
  return Buffer.from([...bytes, value])
}
