import type { Observation } from './kill-sequence.js'

const WIDTH_MAX = 34

/** What was seen of each cluster side by side, a row for each thing that was looked at; `=` where it is what the first column says. */
export function differenceTable(seen: ReadonlyMap<string, readonly Observation[]>): string {
  const columns = [...seen.keys()]
  const rows = new Map<string, Map<string, string>[]>()
  for (const [at, observations] of [...seen.values()].entries()) {
    for (const { step, what, who = '', value } of observations) {
      const row = `${step}\t${what}`
      const cells = rows.get(row) ?? columns.map(() => new Map<string, string>())
      cells[at]!.set(who, value)
      rows.set(row, cells)
    }
  }
  let lastStep = ''
  const lines = [['', '', ...columns]]
  for (const [row, cells] of rows) {
    const [step = '', what = ''] = row.split('\t')
    const [first = '', ...others] = cells.map(summary)
    lines.push([step === lastStep ? '' : step, what, first, ...others.map((cell) => (cell === first ? '=' : cell))])
    lastStep = step
  }
  return aligned(lines.map((cells) => cells.map(shortened)))
}

/** One value where all clients have seen the same. */
function summary(byClient: ReadonlyMap<string, string>): string {
  const values = new Set(byClient.values())
  if (values.size <= 1) return [...values][0] ?? '-'
  return [...byClient]
    .map(([who, value]) => `${who}: ${value}`)
    .sort()
    .join(', ')
}

function shortened(cell: string): string {
  const line = cell.replaceAll('\n', ' ')
  return line.length > WIDTH_MAX ? `${line.slice(0, WIDTH_MAX - 1)}…` : line
}

function aligned(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)))
  return lines
    .map((cells) =>
      cells
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
