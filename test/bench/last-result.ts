import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { median } from './figures.js'
import type { Row } from './row.js'

const file = join(import.meta.dirname, 'last.json')
const DIGITS = 3

/** What a run measured, as JSON: enough to compare another run with it. */
export interface Result {
  readonly date: string
  readonly node: string
  readonly machine: string
  readonly groups: Readonly<Record<string, readonly KeptRow[]>>
}

interface KeptRow {
  readonly what: string
  readonly klog: string
  readonly against: readonly { readonly side: string; readonly median: number; readonly values: readonly number[] }[]
  readonly costs: string
}

/** @param groups rows by the name of their group */
export function resultOf(groups: Readonly<Record<string, readonly Row[]>>): Result {
  const kept = Object.entries(groups).map(([name, rows]) => [name, rows.map(keptRow)] as const)
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    groups: Object.fromEntries(kept),
  }
}

/** Null where none was checked in. */
export function lastResult(): Result | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Result) : null
}

/** In the place of the last one; groups that did not run keep what they had. */
export function keep(result: Result): void {
  const groups = { ...lastResult()?.groups, ...result.groups }
  writeFileSync(file, jsonOf({ ...result, groups }))
}

/** As the formatter writes it: numbers beside one another. */
export function jsonOf(result: Result): string {
  const text = JSON.stringify(result, null, 2)
  return `${text.replaceAll(/\[\s+([-\d.e+]+(?:,\s+[-\d.e+]+)*)\s+\]/g, (_, values: string) => `[${values.replaceAll(/,\s+/g, ', ')}]`)}\n`
}

/** What the last run measured for a row against one side: null for a row that it did not have. */
export function lastValues(last: Result | null, group: string, what: string, side: string): readonly number[] | null {
  const row = last?.groups[group]?.find((each) => each.what === what)
  return row?.against.find((each) => each.side === side)?.values ?? null
}

function keptRow({ what, klog, lines, costs }: Row): KeptRow {
  const short = (value: number): number => Number(value.toPrecision(DIGITS))
  const against = lines
    .filter(({ values }) => values.every(Number.isFinite))
    .map(({ side, values }) => ({ side, median: short(median(values)), values: values.map(short) }))
  return { what, klog, against, costs }
}
