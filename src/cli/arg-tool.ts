import { UserError } from '../base/user-error.js'
import { type ArgCommand, ArgError, parseArgs } from './arg-parser.js'
import { justified } from './arg-wrap.js'
import { needsBootstrapFlag, note, type Tool, type ToolIo } from './tool.js'
import { optionTable } from './usage.js'

export interface ArgToolDefinition<Name extends string> {
  readonly name: string
  /** What its messages call it. */
  readonly program: string
  readonly summary: string
  /** @param needsBootstrap no local broker may be started in place of an address. */
  commands(needsBootstrap: boolean): readonly ArgCommand<Name>[]
  readonly examples: readonly string[]
  /** The work itself. UserError may be thrown. */
  act(command: string, args: ReadonlyMap<Name, string>, io: ToolIo): Promise<number>
}

/** One of the tools of Kafka that have sub-commands. */
export function defineArgTool<Name extends string>(definition: ArgToolDefinition<Name>): Tool {
  const { name, program, summary, examples } = definition
  const commands = definition.commands(false)
  const options = [...new Map(commands.flatMap((command) => command.options.map((spec) => [spec.name, spec]))).values()]
  const usage = [
    `usage: ${program} {${commands.map((command) => command.name).join(',')}} [options]\n\n`,
    ...commands.map((command) => `  ${command.name}  ${command.about}\n`),
    `\n${optionTable(options)}`,
  ].join('')
  return {
    name,
    summary,
    options,
    examples,
    endsOnSignal: false,
    run: async (args, io) => {
      try {
        const given = parseArgs(definition.commands(needsBootstrapFlag(io)), args)
        if (given !== null) return await definition.act(given.command.name, given.values, io)
        io.stdout.write(usage)
        return 0
      } catch (error) {
        if (error instanceof ArgError) io.stderr.write(`${usage}${justified(`${program}: error: ${error.message}`)}`)
        else if (error instanceof UserError) {
          note(io, error.message)
          if (error.nextStep !== null) note(io, error.nextStep)
        } else throw error
        return 1
      }
    },
  }
}
