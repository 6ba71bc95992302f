import type { ToolIo } from '../tool.js'
import type { GroupsOptions } from './options.js'
import { re2Problem } from './re2-syntax.js'

/** Needs no broker: the tool knows what the brokers would say. */
export function validateRegex(options: GroupsOptions, io: ToolIo): void {
  const regex = options.text('validate-regex')!
  const problem = re2Problem(regex)
  io.stdout.line(`The regular expression \`${regex}\` is ${problem === null ? 'valid' : `invalid: ${problem}`}.`)
}
