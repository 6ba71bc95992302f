import { Command, Flags, type Interfaces } from '@oclif/core'
import { runAsProcess } from './process-io.js'
import type { Tool } from './tool.js'

/**
 * A tool as an oclif command: oclif knows its help and lists it; the command line itself goes to the tool untouched,
 * because Kafka's rules for options are not oclif's.
 */
export abstract class ToolCommand extends Command {
  static override strict = false
  protected abstract readonly tool: Tool

  override async run(): Promise<void> {
    await runAsProcess(this.tool, this.argv)
  }
}

/** The options of a tool as oclif shows them. */
export function flagsOf(tool: Tool): Interfaces.FlagInput {
  return Object.fromEntries(
    tool.options.map((spec) => [
      spec.name,
      spec.argument === undefined
        ? Flags.boolean({ description: spec.about })
        : Flags.string({ description: spec.about, helpValue: `<${spec.value ?? spec.type ?? 'value'}>` }),
    ]),
  )
}

export function examplesOf(tool: Tool): string[] {
  return tool.examples.map((example) => `<%= config.bin %> ${tool.name} ${example}`)
}
