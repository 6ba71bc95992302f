import { wrapped } from '../usage.js'
import type { Field, Fields, Shape } from './shape.js'

const WIDTH = 80
const KINDS = {
  text: 'text',
  number: 'number',
  boolean: 'boolean',
  texts: 'texts',
  numbers: 'numbers',
  map: 'object',
  rows: 'list',
  any: 'any',
} as const satisfies Record<Field<unknown>['kind'], string>

const KIND_WIDTH = 8

/** What the values are that a tool prints, for its help. Ends in a line feed. */
export function shapesText(shapes: readonly Shape[]): string {
  return shapes.map((shape) => `${heading(shape)}\n${fieldLines(shape.fields, '    ')}`).join('')
}

function heading({ when, isSingle, isLines }: Shape): string {
  const whole = isSingle ? 'an object' : isLines ? 'an object on each line' : 'a list of objects'
  return `  ${when === '' ? '' : `${when}: `}${whole}`
}

/** A question mark says that it may be null. */
function fieldLines(fields: Fields, indent: string): string {
  const nameWidth = Math.max(...Object.keys(fields).map((name) => name.length))
  const width = nameWidth + 2 + KIND_WIDTH + 2
  return Object.entries(fields)
    .map(([name, field]) => {
      const kind = `${KINDS[field.kind]}${field.isNullable ? '?' : ''}`
      const head = `${name.padEnd(nameWidth)}  ${kind}`
      const lines = wrapped(field.about, WIDTH - indent.length - width)
      const rest = lines.slice(1).map((line) => `${' '.repeat(indent.length + width)}${line}\n`)
      const inner = field.fields === null ? '' : fieldLines(field.fields, `${indent}  `)
      return `${indent}${head.padEnd(width)}${lines[0]}\n${rest.join('')}${inner}`
    })
    .join('')
}
