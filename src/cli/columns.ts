/** A column of a table: `width` in characters, or null for a last one that is not padded. */
export interface Column {
  readonly title: string
  readonly width: number | null
}

/** As wide as its longest cell, and no narrower than `min`. */
export function fitting(title: string, min: number, cells: readonly string[]): Column {
  return { title, width: Math.max(min, ...cells.map((cell) => cell.length)) }
}

/** A table in the layout of Kafka's group tools: every row begins with a line feed, and one more ends it. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `\n${cells.map((cell, i) => cell.padEnd(columns[i]!.width ?? 0)).join(' ')}`
  return `${[columns.map(({ title }) => title), ...rows].map(line).join('')}\n`
}
