import { ZERO_UUID } from '../../bytes/uuid.js'
import type { Field, Message, ReadMessage, Shape } from '../../protocol/schema.js'
import { parseVersions } from '../../protocol/versions.js'

/**
 * A message as JSON in the form of Kafka's own converters: fields in wire order, bytes in base64, tagged fields only where they
 * are not at their default.
 */
export function messageJson<M extends Message>(message: M, version: number, value: ReadMessage<M>): string {
  return structJson(message.fields, version, value)
}

function structJson(shape: Shape, version: number, value: unknown): string {
  const fields = value as Readonly<Record<string, unknown>>
  const entries = Object.entries(shape)
    .filter(([name, field]) => isWritten(field, version, fields[name]))
    .map(([name, field]) => `${JSON.stringify(name)}:${fieldJson(field, version, fields[name])}`)
  return `{${entries.join(',')}}`
}

function isWritten(field: Field, version: number, value: unknown): boolean {
  const { min, max } = parseVersions(field.versions)
  if (version < min || version > max) return false
  const isTagged =
    field.options.taggedVersions !== undefined && version >= parseVersions(field.options.taggedVersions).min
  return !isTagged || !isDefault(field, value)
}

function isDefault(field: Field, value: unknown): boolean {
  // Kafka writes a structure that is null although that is its default.
  if (value === null && field.kind === 'struct') return false
  if (value === null) return field.options.default === null || field.options.nullable !== undefined
  if ('default' in field.options) return value === field.options.default
  if (field.kind === 'array') return (value as readonly unknown[]).length === 0
  return value === 0 || value === 0n || value === false || value === '' || value === ZERO_UUID
}

function fieldJson(field: Field, version: number, value: unknown): string {
  if (value === null) return 'null'
  if (field.kind === 'struct') return structJson(field.of as Shape, version, value)
  if (field.kind !== 'array') return scalarJson(value)
  const items = (value as readonly unknown[]).map((item) =>
    typeof field.of === 'string' ? scalarJson(item) : structJson(field.of as Shape, version, item),
  )
  return `[${items.join(',')}]`
}

function scalarJson(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  return JSON.stringify(Buffer.isBuffer(value) ? value.toString('base64') : value)
}
