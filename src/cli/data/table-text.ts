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
/** Where a line may be broken. */
const BREAKS = /(?<=[-._/,:= ])/
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
  const columnOf = (title: string, i: number): ColumnNeeds => {
    const cellWidth = Math.max(0, ...cells.map((row) => widestLine(row[i]!)))
    const titleWidth = Math.max(...title.split(BREAKS).map((piece) => piece.length))
    const leastCell = isNumber(fields[columns[i]!]) ? cellWidth : Math.min(cellWidth, COLUMN_WIDTH_MIN)
    return {
      natural: Math.max(title.length, cellWidth),
      whole: Math.max(titleWidth, cellWidth),
      least: Math.max(titleWidth, leastCell),
    }
  }
  const widths = fitted(titles.map(columnOf), look.width)
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
  const lines = text.split('\n').flatMap((line) => broken(line, width))
  return lines.map((line) => (line === '' ? line : paint(line))).join('\n')
}

/** Behind a full stop, a dash or the like, unless that would leave most of a line empty. */
function broken(line: string, width: number): string[] {
  const lines: string[] = []
  let rest = [...line]
  while (rest.length > width) {
    const piece = rest.slice(0, width).join('')
    const end = piece.split(BREAKS).slice(0, -1).join('').length
    const taken = end * 2 >= width ? end : piece.length
    lines.push(piece.slice(0, taken).trimEnd())
    rest = [...(piece.slice(taken) + rest.slice(width).join(''))]
  }
  return [...lines, rest.join('')]
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

interface ColumnNeeds {
  /** Nothing is broken. */
  readonly natural: number
  /** Only the title is broken, between its words. */
  readonly whole: number
  /** No number is broken, and no word of the title. */
  readonly least: number
}

/** Columns give way until all fit: first in their titles, then the widest texts. */
function fitted(columns: readonly ColumnNeeds[], width: number | null): number[] {
  const widths = columns.map(({ natural }) => natural)
  const total = (): number => widths.reduce((sum, each) => sum + each + GAP, -GAP)
  const giveWay = (floors: readonly number[]): void => {
    while (width !== null && total() > width) {
      const able = widths.filter((each, i) => each > floors[i]!)
      if (able.length === 0) return
      const widest = Math.max(...able)
      widths[widths.findIndex((each, i) => each === widest && each > floors[i]!)]!--
    }
  }
  giveWay(columns.map(({ whole }) => whole))
  giveWay(columns.map(({ least }) => least))
  giveWay(columns.map(() => COLUMN_WIDTH_MIN))
  return widths
}
