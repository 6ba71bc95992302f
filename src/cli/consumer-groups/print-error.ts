import { note, type ToolIo } from '../tool.js'
import type { GroupsContext } from './context.js'

export function printError(io: ToolIo, message: string): void {
  io.stdout.write(`\nError: ${message}\n`)
}

/** The same, but beside data on stderr: standard output has nothing else then. */
export function complain({ io, options }: Pick<GroupsContext, 'io' | 'options'>, message: string): void {
  if (options.has('output')) note(io, message)
  else printError(io, message)
}
