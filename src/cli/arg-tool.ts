import { UserError } from '../base/user-error.js'
import type { ArgGrammar, ArgValues } from './arg-grammar.js'
import { ArgError, parseArgs } from './arg-parser.js'
import { justified } from './arg-wrap.js'
import { readFormat } from './data/output-option.js'
import type { Shape } from './data/shape.js'
import { commandsText, helpHead } from './help/tool-help.js'
import { needsBootstrapFlag, note, type Tool, type ToolIo } from './tool.js'
import { optionTable } from './usage.js'

export interface ArgToolDefinition<Name extends string> {
  readonly name: string
  /** What its messages call it. */
  readonly program: string
  readonly summary: string
  /** @param needsBootstrap no local broker may be started in place of an address. */
  grammar(needsBootstrap: boolean): ArgGrammar<Name>
  readonly examples: readonly string[]
  /** What it prints with --output, which its options must have then. */
  readonly data?: readonly Shape[]
  readonly endsOnSignal?: boolean
  /** Without a single argument it prints its help, as if asked. */
  readonly helpsWithoutArguments?: boolean
  /** What `--version` prints. */
  readonly version?: string
  /** How it tells of a command line that breaks a rule, if not as argparse4j does. */
  complaint?(message: string): string
  /** What goes before parsing: arguments that stand for others. @throws UserError */
  expand?(args: readonly string[], io: ToolIo): readonly string[]
  /** The work itself. UserError and ArgError may be thrown. */
  act(command: string, args: ArgValues<Name>, io: ToolIo): Promise<number>
}

/** One of the tools of Kafka whose command lines follow argparse4j, most of them with sub-commands. */
export function defineArgTool<Name extends string>(definition: ArgToolDefinition<Name>): Tool {
  const { name, summary, examples, data = [], endsOnSignal = false } = definition
  const { options, commands } = definition.grammar(false)
  const all = [...options, ...commands.flatMap((command) => command.options)]
  const distinct = [...new Map(all.map((spec) => [spec.name, spec])).values()]
  const usage = usageText(definition, distinct)
  return {
    name,
    summary,
    options: distinct,
    examples,
    data,
    endsOnSignal,
    run: async (args, io) => {
      try {
        return await run(definition, usage, args, io)
      } catch (error) {
        if (error instanceof ArgError) io.stderr.write(complaint(definition, usage, error))
        else if (error instanceof UserError) {
          note(io, error.message)
          if (error.nextStep !== null) note(io, error.nextStep)
        } else throw error
        return 1
      }
    },
  }
}

async function run<Name extends string>(
  definition: ArgToolDefinition<Name>,
  usage: string,
  args: readonly string[],
  io: ToolIo,
): Promise<number> {
  const expanded = definition.expand?.(args, io) ?? args
  const isHelp = expanded.length === 0 && definition.helpsWithoutArguments === true
  const given = isHelp ? 'help' : parseArgs(definition.grammar(needsBootstrapFlag(io)), expanded)
  if (given === 'help') io.stdout.write(await helpText(definition, usage))
  else if (given === 'version') io.stdout.line(definition.version ?? '')
  else {
    // A format that there is not is refused before anything is started.
    if (definition.data !== undefined) readFormat((given.values as ArgValues<string>).get('output'))
    return await definition.act(given.command, given.values, io)
  }
  return 0
}

async function helpText<Name extends string>(definition: ArgToolDefinition<Name>, usage: string): Promise<string> {
  const head = `${helpHead(definition)}\n${usage}`
  if (definition.data === undefined) return head
  const { shapesText } = await import('./data/shape-text.js')
  return `${head}\nWhat --output json has, where ? may be null:\n${shapesText(definition.data)}`
}

function usageText<Name extends string>(
  { program, grammar }: ArgToolDefinition<Name>,
  options: Parameters<typeof optionTable>[0],
): string {
  const table = options.length === 0 ? '' : `\n${optionTable(options)}`
  return commandsText(program, grammar(false).commands) + table
}

function complaint<Name extends string>(
  definition: ArgToolDefinition<Name>,
  usage: string,
  { message, similar }: ArgError,
): string {
  if (definition.complaint !== undefined) return definition.complaint(message)
  const hint = similar.length === 0 ? '' : `\nDid you mean:\n${similar.map((word) => `\t${word}\n`).join('')}`
  return usage + justified(`${definition.program}: error: ${message}`) + hint
}
