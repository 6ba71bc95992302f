const STEP = '  '

/** A value as JSON over several lines, ids of 64 bits whole: JSON has no bound for its numbers. Ends in a line feed. */
export function jsonText(value: unknown): string {
  return `${block(value, '\n')}\n`
}

/** JSON that is written as it is, so that its numbers stay whole. */
export class RawJson {
  constructor(readonly json: string) {}
}

/** The same on one line, without a line feed. */
export function jsonLine(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (!isCollection(value)) return JSON.stringify(value)
  if (value instanceof RawJson) return value.json
  if (Array.isArray(value)) return `[${value.map(jsonLine).join(',')}]`
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${jsonLine(item)}`)
  return `{${entries.join(',')}}`
}

/** @param lineBreak a line feed, and what every line at this depth begins with. */
function block(value: unknown, lineBreak: string): string {
  if (!isCollection(value) || value instanceof RawJson) return jsonLine(value)
  const inner = lineBreak + STEP
  const isList = Array.isArray(value)
  const items = isList
    ? value.map((item: unknown) => block(item, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${block(item, inner)}`)
  const [open, close] = isList ? '[]' : '{}'
  return items.length === 0 ? `${open}${close}` : `${open}${inner}${items.join(`,${inner}`)}${lineBreak}${close}`
}

function isCollection(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
