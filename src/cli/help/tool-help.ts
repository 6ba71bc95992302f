import { wrapped } from '../usage.js'

const WIDTH = 80
/** What says to a shell that a command goes on in the next line. */
const GOES_ON = ' \\'

export interface HelpedTool {
  readonly name: string
  readonly summary: string
  readonly examples: readonly string[]
}

/** What it is for, then examples: most people look for a line to change. */
export function helpHead({ name, summary, examples }: HelpedTool): string {
  const lines = examples.map((example) => exampleText(`klog ${name} ${example}`.trimEnd()))
  return `${wrapped(summary, WIDTH).join('\n')}\n\nExamples:\n${lines.join('')}`
}

/** A long one is broken before options, so that it can be copied as it stands. */
function exampleText(command: string): string {
  if (command.length + 2 <= WIDTH) return `  ${command}\n`
  const lines: string[] = []
  for (const piece of command.split(/ (?=--)/)) {
    const last = lines.at(-1)
    const isRoom = last !== undefined && `${last} ${piece}${GOES_ON}`.length <= WIDTH
    if (isRoom) lines[lines.length - 1] = `${last} ${piece}`
    else lines.push(`${last === undefined ? '  ' : '    '}${piece}`)
  }
  return `${lines.join(`${GOES_ON}\n`)}\n`
}

/** `usage: PROGRAM {command,…} [options]`, and what each of the commands does. */
export function commandsText(
  program: string,
  commands: readonly { readonly name: string; readonly about: string }[],
): string {
  const names = commands.map(({ name }) => name).join(', ')
  const first = commands.length === 0 ? '' : `{${names}} `
  const usage = wrapped(`usage: ${program} ${first}[options]`, WIDTH - 2).join('\n  ')
  const lines = commands.flatMap(({ name, about }) => {
    const head = `  ${name}  `
    return wrapped(about, WIDTH - head.length).map((line, i) => `${i === 0 ? head : ' '.repeat(head.length)}${line}\n`)
  })
  return `${usage}\n${lines.length === 0 ? '' : '\n'}${lines.join('')}`
}
