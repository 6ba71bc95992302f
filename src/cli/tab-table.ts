/** A table in the layout of Kafka's later tools: every cell is padded to its column and ended by a tab, the last one too. */
export function tabTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)))
  return [titles, ...rows]
    .map((cells) => `${cells.map((cell, i) => `${cell.padEnd(widths[i]!)}\t`).join('')}\n`)
    .join('')
}
