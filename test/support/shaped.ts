import type { Field, Fields, Shape } from '../../src/cli/data/shape.js'

/** What is wrong with `value` as data of a shape; empty when it is what the help promises. */
export function misshapen(shape: Shape, value: unknown): string[] {
  if (shape.isSingle) return inObject(shape.fields, value, '')
  if (!Array.isArray(value)) return ['is no list']
  return value.flatMap((row, i) => inObject(shape.fields, row, `[${i}]`))
}

function inObject(fields: Fields, value: unknown, where: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${where} is no object`]
  const names = Object.keys(value)
  const unknown = names.filter((name) => !(name in fields)).map((name) => `${where}.${name} is not in the shape`)
  const wrong = Object.entries(fields).flatMap(([name, field]) =>
    name in value
      ? inField(field, (value as Record<string, unknown>)[name], `${where}.${name}`)
      : [`${where}.${name} is missing`],
  )
  return [...unknown, ...wrong]
}

function inField(field: Field<unknown>, value: unknown, where: string): string[] {
  if (value === null) return field.isNullable ? [] : [`${where} is null`]
  if (field.kind === 'rows') {
    if (!Array.isArray(value)) return [`${where} is no list`]
    return value.flatMap((row, i) => inObject(field.fields!, row, `${where}[${i}]`))
  }
  return isOf(field.kind, value) ? [] : [`${where} is no ${field.kind}: ${JSON.stringify(value)}`]
}

function isOf(kind: Field<unknown>['kind'], value: unknown): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string'
    case 'texts':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
    case 'numbers':
      return Array.isArray(value) && value.every((item) => typeof item === 'number')
    case 'any':
      return value !== undefined
    case 'map':
      return (
        typeof value === 'object' && Object.values(value!).every((item) => item === null || typeof item !== 'object')
      )
    default:
      return typeof value === kind
  }
}
