import { Config, Errors, flush, handle, run } from '@oclif/core'
import chalk from 'chalk'
import { splitContext } from './context/apply.js'

export { COMMANDS } from './commands.js'

/** Runs the command line through oclif: help, klog's own commands, and anything mistyped. `root` is the package's directory. */
export async function main(root: string, args: readonly string[]): Promise<void> {
  if (process.env.NO_COLOR) chalk.level = 0
  try {
    const config = await Config.load(root)
    await run([...splitContext(args).args], config)
    await flush()
  } catch (error) {
    if (error instanceof Errors.CLIError && /^command .* not found$/.test(error.message)) {
      process.stderr.write(`klog: ${error.message}\n  klog --help lists the commands.\n`)
      process.exitCode = 1
      return
    }
    await handle(error as Error)
  }
}
