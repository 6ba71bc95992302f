import Table from 'cli-table3'
import { isWorse, median, spreadText } from './figures.js'
import { lastValues, type Result } from './last-result.js'
import { isMet, type Line, type Row } from './row.js'

const HEAD = ['', 'klog', 'against', 'ratio', 'last time', 'goal', '', 'processor time, memory']

/** The rows of all groups, each ratio beside that of the last result; then why goals were missed. */
export function printTable(groups: Readonly<Record<string, readonly Row[]>>, last: Result | null): void {
  const table = new Table({ head: HEAD, style: { head: [], border: [] } })
  const all = Object.entries(groups).flatMap(([group, rows]) => rows.map((row) => ({ group, row })))
  for (const { group, row } of all) {
    const { what, klog, lines, costs } = row
    const under = (cell: (line: Line) => string): string => lines.map(cell).join('\n')
    table.push([
      ...[what, klog, under(({ against }) => against), under(({ text }) => text)],
      ...[under((line) => lastText(last, group, what, line)), under(({ goal }) => goal), verdict(row), costs],
    ])
  }
  console.log(table.toString())
  const missed = all.map(({ row }) => row).filter((row) => isMet(row) === false)
  for (const { what, inTheWay } of missed) console.log(`MISSED  ${what}${inTheWay === null ? '' : `: ${inTheWay}`}`)
  const aimed = all.filter(({ row }) => isMet(row) !== null).length
  const worse = all.filter(({ group, row }) => row.lines.some((line) => hasWorsened(last, group, row.what, line)))
  console.log(`${aimed - missed.length} of ${aimed} goals met.`)
  if (last !== null) console.log(`${worse.length} rows are worse than on ${last.date} (${last.machine}, ${last.node}).`)
}

function verdict(row: Row): string {
  const met = isMet(row)
  return met === null ? '' : met ? 'met' : 'MISSED'
}

function lastText(last: Result | null, group: string, what: string, line: Line): string {
  const values = lastValues(last, group, what, line.side)
  if (values === null) return ''
  const text = (value: number): string => String(Number(value.toPrecision(3)))
  return `${text(median(values))}${spreadText(values, text)}${hasWorsened(last, group, what, line) ? ' WORSE' : ''}`
}

function hasWorsened(last: Result | null, group: string, what: string, { side, values, better }: Line): boolean {
  const before = lastValues(last, group, what, side)
  return before !== null && isWorse(values, before, better)
}
