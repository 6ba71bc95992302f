import type { Reader } from '../bytes/reader.js'
import { Writer } from '../bytes/writer.js'
import { elementBytesMin, type FieldPlan, isSame, type StructPlan } from './plan.js'
import type { FixedKind } from './schema.js'
import { readTags, writeTag } from './tags.js'
import {
  readBytes,
  readCount,
  readPresence,
  readText,
  refuseNull,
  refuseUnlessDefault,
  writeBytes,
  writeCount,
  writePresence,
  writeText,
} from './values.js'

export interface Codec {
  read(reader: Reader): unknown
  write(writer: Writer, value: unknown): void
}

type Struct = Record<string, unknown>

/** Turns a plan into functions. This is the form of the codec to read; `emit.ts` makes the same as source, faster. */
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

export interface FieldCodec extends Codec {
  readonly field: FieldPlan
}

export function writeTags(writer: Writer, tagged: readonly FieldCodec[], value: Struct): void {
  const given = tagged.filter(({ field }) => !isSame(value[field.name], field.fallback()))
  writer.uvarint(given.length)
  for (const { field, write } of given) {
    const inner = new Writer()
    write(inner, value[field.name])
    writeTag(writer, field.tag!, inner)
  }
}

export function fieldCodec(field: FieldPlan): FieldCodec {
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
      return {
        read: (reader) => readText(reader, field),
        write: (writer, value) => writeText(writer, field, value as string | null),
      }
    case 'bytes':
    case 'records':
      return {
        read: (reader) => readBytes(reader, field),
        write: (writer, value) => writeBytes(writer, field, value as Buffer | readonly Buffer[] | null),
      }
    default:
      return fixedCodec(field.kind)
  }
}

function fixedCodec(kind: FixedKind): Codec {
  return { read: (reader) => reader[kind](), write: (writer, value) => writer[kind](value as never) }
}

function nullableStructCodec(field: FieldPlan): Codec {
  const { read, write } = structCodec(field.struct!)
  if (!field.isNullable) return { read, write: (writer, value) => write(writer, value ?? refuseNull(field)) }
  return {
    read: (reader) => (readPresence(reader, field) ? read(reader) : null),
    write: (writer, value) => {
      writePresence(writer, field, value !== null)
      if (value !== null) write(writer, value)
    },
  }
}

function arrayCodec(field: FieldPlan): Codec {
  const element = field.struct ? structCodec(field.struct) : valueCodec(elementField(field))
  const bytesMin = elementBytesMin(field)
  return {
    read: (reader) => {
      const count = readCount(reader, field, bytesMin)
      if (count < 0) return null
      const values: unknown[] = []
      for (let i = 0; i < count; i++) values.push(element.read(reader))
      return values
    },
    write: (writer, value) => {
      const values = value as readonly unknown[] | null
      writeCount(writer, field, values)
      if (values !== null) for (const part of values) element.write(writer, part)
    },
  }
}

/** The elements of an array of scalars, as a field of their own. */
export function elementField(array: FieldPlan): FieldPlan {
  return { ...array, kind: array.element!, element: null, isNullable: false, emptyMeansNull: false }
}
