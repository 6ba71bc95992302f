import { MalformedBytes } from '../bytes/malformed.js'
import type { Reader } from '../bytes/reader.js'
import { Writer } from '../bytes/writer.js'
import { elementBytesMin, type FieldPlan, isSame, type StructPlan } from './plan.js'
import { UnsupportedFieldError } from './refusals.js'
import type { ScalarKind } from './schema.js'
import { readTags } from './tags.js'

export interface Codec {
  read(reader: Reader): unknown
  write(writer: Writer, value: unknown): void
}

type Struct = Record<string, unknown>

/** Turns a plan into functions. This is the form of the codec to read; `emit.ts` makes the same functions as source, faster. */
export function structCodec(plan: StructPlan): Codec {
  const plain = plan.plain.map(fieldCodec)
  const tagged = plan.tagged.map(fieldCodec)
  const byTag = new Map(tagged.map((codec) => [codec.field.tag!, codec]))
  return {
    read(reader) {
      const value: Struct = {}
      for (const { name, fallback } of plan.all) value[name] = fallback()
      for (const { field, read } of plain) value[field.name] = read(reader)
      if (plan.isFlexible) {
        readTags(reader, (tag) => {
          const codec = byTag.get(tag)
          if (codec) value[codec.field.name] = codec.read(reader)
        })
      }
      return value
    },
    write(writer, value) {
      const given = value as Struct
      for (const field of plan.refused) refuseUnlessDefault(field, given[field.name])
      for (const { field, write } of plain) {
        const part = given[field.name]
        write(writer, part === undefined ? field.fallback() : part)
      }
      if (plan.isFlexible) writeTags(writer, tagged, given)
    },
  }
}

interface FieldCodec extends Codec {
  readonly field: FieldPlan
}

function writeTags(writer: Writer, tagged: readonly FieldCodec[], value: Struct): void {
  const given = tagged.filter(({ field }) => !isSame(value[field.name], field.fallback()))
  writer.uvarint(given.length)
  for (const { field, write } of given) {
    const inner = new Writer()
    write(inner, value[field.name])
    writer.uvarint(field.tag!)
    writer.uvarint(inner.length)
    for (const chunk of inner.chunks()) writer.splice(chunk)
  }
}

export function refuseUnlessDefault(field: FieldPlan, value: unknown): void {
  if (!isSame(value, field.fallback())) throw new UnsupportedFieldError(`${field.path} has no place in this version`)
}

function fieldCodec(field: FieldPlan): FieldCodec {
  const { read, write } = valueCodec(field)
  if (!field.emptyMeansNull) return { field, read, write }
  const empty = field.kind === 'array' ? [] : ''
  return {
    field,
    read: (reader) => {
      const value = read(reader) as string | unknown[]
      return value.length === 0 ? null : value
    },
    write: (writer, value) => write(writer, value === null ? empty : value),
  }
}

function valueCodec(field: FieldPlan): Codec {
  switch (field.kind) {
    case 'struct':
      return nullableStructCodec(field)
    case 'array':
      return arrayCodec(field)
    case 'string':
      return stringCodec(field)
    case 'bytes':
    case 'records':
      return bytesCodec(field)
    default:
      return fixedCodec(field.kind)
  }
}

function fixedCodec(kind: Exclude<ScalarKind, 'string' | 'bytes' | 'records'>): Codec {
  return { read: (reader) => reader[kind](), write: (writer, value) => writer[kind](value as never) }
}

/** One byte in front says whether the struct is there (KIP-893). */
function nullableStructCodec(field: FieldPlan): Codec {
  const { read, write } = structCodec(field.struct!)
  if (!field.isNullable) return { read, write: (writer, value) => write(writer, value ?? noNull(field)) }
  return {
    read: (reader) => (reader.int8() < 0 ? null : read(reader)),
    write: (writer, value) => {
      writer.int8(value === null ? -1 : 1)
      if (value !== null) write(writer, value)
    },
  }
}

function arrayCodec(field: FieldPlan): Codec {
  const element = field.struct ? structCodec(field.struct) : scalarElementCodec(field)
  const bytesMin = elementBytesMin(field)
  return {
    read: (reader) => {
      const count = field.isFlexible ? readCompactLength(reader) : reader.int32()
      if (count < 0) return nullRead(field)
      if (count > reader.remaining / bytesMin) throw tooLong(field, count)
      const values = new Array(count)
      for (let i = 0; i < count; i++) values[i] = element.read(reader)
      return values
    },
    write: (writer, value) => {
      const values = value as readonly unknown[] | null
      writeLength(writer, field, values === null ? -1 : values.length)
      if (values !== null) for (let i = 0; i < values.length; i++) element.write(writer, values[i])
    },
  }
}

function scalarElementCodec(field: FieldPlan): Codec {
  return valueCodec({ ...field, kind: field.element!, element: null, isNullable: false, emptyMeansNull: false })
}

function stringCodec(field: FieldPlan): Codec {
  return {
    read: (reader) => {
      const length = field.isFlexible ? readCompactLength(reader) : reader.int16()
      if (length < 0) return nullRead(field)
      if (length > STRING_BYTES_MAX) throw tooLong(field, length)
      return reader.text(length)
    },
    write: (writer, value) => {
      if (value === null) return writeShortLength(writer, field, -1)
      const text = value as string
      const length = Buffer.byteLength(text)
      if (length > STRING_BYTES_MAX) throw new UnsupportedFieldError(`${field.path} of ${length} bytes is too long`)
      writeShortLength(writer, field, length)
      writer.text(text)
    },
  }
}

function bytesCodec(field: FieldPlan): Codec {
  return {
    read: (reader) => {
      const length = field.isFlexible ? readCompactLength(reader) : reader.int32()
      return length < 0 ? nullRead(field) : reader.bytes(length)
    },
    write: (writer, value) => {
      if (value === null) return writeLength(writer, field, -1)
      const pieces = Buffer.isBuffer(value) ? [value] : (value as readonly Buffer[])
      let length = 0
      for (const piece of pieces) length += piece.length
      writeLength(writer, field, length)
      for (const piece of pieces) writer.splice(piece)
    },
  }
}

/** Kafka carries a string's length in 16 bits, compact or not. */
export const STRING_BYTES_MAX = 0x7fff

/** A compact length is one more than the length, 0 for null; Kafka takes the varint as signed. */
export function readCompactLength(reader: Reader): number {
  return (reader.uvarint() | 0) - 1
}

function writeLength(writer: Writer, field: FieldPlan, length: number): void {
  if (length < 0) noteNull(field)
  if (field.isFlexible) writer.uvarint(length + 1)
  else writer.int32(length)
}

function writeShortLength(writer: Writer, field: FieldPlan, length: number): void {
  if (length < 0) noteNull(field)
  if (field.isFlexible) writer.uvarint(length + 1)
  else writer.int16(length)
}

/** Any negative length reads as null where null may stand, as in Kafka. */
function nullRead(field: FieldPlan): null {
  if (!field.isNullable) throw new MalformedBytes(`${field.path} cannot be null`)
  return null
}

function tooLong(field: FieldPlan, length: number): MalformedBytes {
  return new MalformedBytes(`${field.path} cannot be ${length} long`)
}

function noteNull(field: FieldPlan): void {
  if (!field.isNullable) noNull(field)
}

function noNull(field: FieldPlan): never {
  throw new UnsupportedFieldError(`${field.path} cannot be null in this version`)
}
