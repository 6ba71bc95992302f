import Table from 'cli-table3'

/** One measured thing: what it took, beside what it is measured against in the same run. */
export interface Row {
  readonly what: string
  readonly klog: string
  readonly against: string
  readonly ratio: string
  readonly goal: string
  /** Null where no goal was set. */
  readonly met: boolean | null
}

export function printTable(rows: readonly Row[]): void {
  const table = new Table({ head: ['', 'klog', 'against', 'ratio', 'goal', ''], style: { head: [], border: [] } })
  for (const row of rows) {
    table.push([
      row.what,
      row.klog,
      row.against,
      row.ratio,
      row.goal,
      row.met === null ? '' : row.met ? 'met' : 'MISSED',
    ])
  }
  console.log(table.toString())
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

export const ms = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`
export const mbPerSecond = (value: number): string => `${value.toFixed(0)} MB/s`
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`
