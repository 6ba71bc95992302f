import { fixed } from './java-format.js'
import type { ToolIo } from './tool.js'

export interface Metric {
  readonly group: string
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  readonly value: number
}

/** What a client has counted, in the layout of Kafka's performance tools: klog's clients count little. */
export function printMetrics(io: Pick<ToolIo, 'stdout'>, metrics: readonly Metric[]): void {
  const named = metrics.map(({ group, name, tags, value }) => {
    const tagText = Object.entries(tags)
      .map(([tag, text]) => `${tag}=${text}`)
      .join(', ')
    return { text: `${group}:${name}:{${tagText}}`, value }
  })
  const width = Math.max(0, ...named.map(({ text }) => text.length))
  io.stdout.line(`\n${'Metric Name'.padEnd(width)}   Value`)
  for (const { text, value } of named.sort((a, b) => (a.text < b.text ? -1 : 1))) {
    io.stdout.line(`${text.padEnd(width)} : ${fixed(value, 3)}`)
  }
}
