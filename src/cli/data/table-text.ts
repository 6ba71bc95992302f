import { Chalk } from 'chalk'
import Table from 'cli-table3'
import type { Field, Fields, Row, Shape } from './shape.js'

export interface TableLook {
  readonly hasColour: boolean
  /** Of the terminal; null where lines may be as long as they like. */
  readonly width: number | null
}

/** Less is not worth looking at. */
const COLUMN_WIDTH_MIN = 6
const GAP = 2
/** No lines: a table is copied and searched, and says the same on paper. */
const CHARS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) =>
    ['', '-mid', '-left', '-right'].map((part) => [`${side}${part}`, '']),
  ),
)

/** A line for each row, or for each row of the list that the shape expands. */
export function tableText(shape: Shape, rows: readonly Row[], look: TableLook): string {
  const { columns, expands } = shape.table
  const inner = expands === null ? {} : (shape.fields[expands]?.fields ?? {})
  const fields: Fields = { ...inner, ...shape.fields }
  const lines = rows.flatMap((row) => expanded(row, expands))
  const cells = lines.map((line) => columns.map((name) => cellText(line[name])))
  const titles = columns.map(titleOf)
  const widths = fitted(
    titles.map((title, i) => Math.max(title.length, ...cells.map((row) => widestLine(row[i]!)))),
    look.width,
  )
  const chalk = new Chalk({ level: look.hasColour ? 1 : 0 })
  const table = new Table({
    chars: { ...CHARS, middle: ' '.repeat(GAP) },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    head: titles.map((title, i) => painted(title, widths[i]!, chalk.bold)),
    colWidths: widths,
    colAligns: columns.map((name) => (isNumber(fields[name]) ? 'right' : 'left')),
  })
  const plain = (line: string): string => line
  for (const row of cells) {
    table.push(row.map((cell, i) => painted(cell, widths[i]!, cell === NOTHING ? chalk.dim : plain)))
  }
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`
}

const NOTHING = '-'

/** Broken into lines first and coloured then, each line for itself: breaking must not cut a colour's code in two. */
function painted(text: string, width: number, paint: (line: string) => string): string {
  const lines = text.split('\n').flatMap((line) => {
    const characters = [...line]
    const count = Math.max(1, Math.ceil(characters.length / width))
    return Array.from({ length: count }, (_, i) => characters.slice(i * width, (i + 1) * width).join(''))
  })
  return lines.map((line) => (line === '' ? line : paint(line))).join('\n')
}

function expanded(row: Row, list: string | null): Row[] {
  if (list === null) return [row]
  const inner = row[list] as readonly Row[]
  return inner.length === 0 ? [row] : inner.map((line) => ({ ...line, ...row }))
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return NOTHING
  if (Array.isArray(value))
    return (
      value.map((item: unknown) => (isRow(item) ? Object.values(item).join(':') : String(item))).join(', ') || NOTHING
    )
  if (!isRow(value)) return String(value) || NOTHING
  return (
    Object.entries(value)
      .map(([name, item]) => `${name}=${item}`)
      .join('\n') || NOTHING
  )
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null
}

/** `logEndOffset` is LOG-END-OFFSET. */
function titleOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter}`).toUpperCase()
}

function isNumber(field: Field<unknown> | undefined): boolean {
  return field?.kind === 'number'
}

function widestLine(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length))
}

/** The widest columns give way until all fit. */
function fitted(natural: readonly number[], width: number | null): number[] {
  const widths = [...natural]
  const total = (): number => widths.reduce((sum, each) => sum + each + GAP, -GAP)
  while (width !== null && total() > width) {
    const widest = widths.indexOf(Math.max(...widths))
    if (widths[widest]! <= COLUMN_WIDTH_MIN) break
    widths[widest]!--
  }
  return widths
}
