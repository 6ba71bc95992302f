import type { OptionSpec } from './kafka-options.js'

const WIDTH = 80
const INDENT = 2
const NAME_WIDTH_MAX = 32

/** The command line is readable but asks for something that makes no sense. Shown above the option table; exit code 1. */
export class UsageError extends Error {
  override name = 'UsageError'

  constructor(
    message: string,
    /** What to type instead, where Kafka's message does not say. */
    readonly nextStep: string | null = null,
  ) {
    super(message)
  }
}

/** The options of a tool, one paragraph each. Ends in a line feed. */
export function optionTable(specs: readonly OptionSpec[]): string {
  const heads = specs.map(head)
  const nameWidth = Math.min(NAME_WIDTH_MAX, Math.max(...heads.map((text) => text.length)))
  return specs.map((spec, i) => paragraph(heads[i]!, describe(spec), nameWidth)).join('')
}

function head(spec: OptionSpec): string {
  const value = spec.value ?? spec.type ?? 'value'
  if (spec.argument === 'required') return `--${spec.name} <${value}>`
  return spec.argument === 'optional' ? `--${spec.name} [${value}]` : `--${spec.name}`
}

function describe(spec: OptionSpec): string {
  return spec.isRequired ? `Required. ${spec.about}` : spec.about
}

function paragraph(name: string, about: string, nameWidth: number): string {
  const margin = INDENT + nameWidth + 2
  const lines = wrapped(about, WIDTH - margin)
  const first = name.length <= nameWidth ? name.padEnd(nameWidth + 2) + (lines.shift() ?? '') : name
  return [`${' '.repeat(INDENT)}${first}`, ...lines.map((line) => ' '.repeat(margin) + line)]
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

/** `text` in lines of at most `width` characters, as far as its words allow. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
