import { MalformedBytes } from '../bytes/malformed.js'
import type { Reader } from '../bytes/reader.js'
import type { Writer } from '../bytes/writer.js'
import { type FieldPlan, isSame } from './plan.js'
import { UnsupportedFieldError } from './refusals.js'

// Values with something in front of them: the length of strings, bytes and arrays, in the compact form of flexible
// versions and in the older one; whether a nullable struct is there.

/** Kafka carries a string's length in 16 bits, compact or not. */
export const STRING_BYTES_MAX = 0x7fff

export function readText(reader: Reader, field: FieldPlan): string | null {
  const length = field.isFlexible ? readCompactLength(reader) : reader.int16()
  if (length < 0) return nullRead(field)
  if (length > STRING_BYTES_MAX) throw tooLong(field, length)
  return reader.text(length)
}

export function writeText(writer: Writer, field: FieldPlan, value: string | null): void {
  const length = value === null ? nullLength(field) : Buffer.byteLength(value)
  if (length > STRING_BYTES_MAX) throw new UnsupportedFieldError(`${field.path} of ${length} bytes is too long`)
  if (field.isFlexible) writer.uvarint(length + 1)
  else writer.int16(length)
  if (value !== null) writer.text(value)
}

export function readBytes(reader: Reader, field: FieldPlan): Buffer | null {
  const length = field.isFlexible ? readCompactLength(reader) : reader.int32()
  return length < 0 ? nullRead(field) : reader.bytes(length)
}

/** Several buffers are one value, in that order; none is copied. */
export function writeBytes(writer: Writer, field: FieldPlan, value: Buffer | readonly Buffer[] | null): void {
  const pieces = value === null ? [] : Buffer.isBuffer(value) ? [value] : value
  let length = value === null ? nullLength(field) : 0
  for (const piece of pieces) length += piece.length
  writeLength(writer, field, length)
  for (const piece of pieces) writer.splice(piece)
}

/** The number of elements of an array, -1 for null: never more than the bytes left can hold. */
export function readCount(reader: Reader, field: FieldPlan, elementBytesMin: number): number {
  const count = field.isFlexible ? readCompactLength(reader) : reader.int32()
  if (count < 0) {
    nullRead(field)
    return -1
  }
  if (count > reader.remaining / elementBytesMin || count > reader.elementsLeft) throw tooLong(field, count)
  reader.elementsLeft -= count
  return count
}

export function writeCount(writer: Writer, field: FieldPlan, values: readonly unknown[] | null): void {
  writeLength(writer, field, values === null ? nullLength(field) : values.length)
}

/** A byte, -1 for null (KIP-893); in the tagged section a varint, 0 for null. */
export function readPresence(reader: Reader, field: FieldPlan): boolean {
  return field.tag === null ? reader.int8() >= 0 : (reader.uvarint() | 0) > 0
}

export function writePresence(writer: Writer, field: FieldPlan, isPresent: boolean): void {
  if (field.tag === null) writer.int8(isPresent ? 1 : -1)
  else writer.uvarint(isPresent ? 1 : 0)
}

export function refuseNull(field: FieldPlan): never {
  throw new UnsupportedFieldError(`${field.path} cannot be null in this version`)
}

export function refuseUnlessDefault(field: FieldPlan, value: unknown): void {
  if (!isSame(value, field.fallback())) throw new UnsupportedFieldError(`${field.path} has no place in this version`)
}

/** One more than the length, 0 for null. Kafka takes the varint as signed. */
function readCompactLength(reader: Reader): number {
  return (reader.uvarint() | 0) - 1
}

function writeLength(writer: Writer, field: FieldPlan, length: number): void {
  if (field.isFlexible) writer.uvarint(length + 1)
  else writer.int32(length)
}

/** Any negative length reads as null where null may stand, as in Kafka. */
function nullRead(field: FieldPlan): null {
  if (!field.isNullable) throw new MalformedBytes(`${field.path} cannot be null`)
  return null
}

function nullLength(field: FieldPlan): number {
  return field.isNullable ? -1 : refuseNull(field)
}

function tooLong(field: FieldPlan, length: number): MalformedBytes {
  return new MalformedBytes(`${field.path} cannot be ${length} long`)
}
