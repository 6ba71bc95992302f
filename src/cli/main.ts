import { Config, flush, handle, run } from '@oclif/core'

export { COMMANDS } from './commands.js'

/** Runs the command line through oclif: help, klog's own commands, and anything mistyped. `root` is the package's directory. */
export async function main(root: string, args: readonly string[]): Promise<void> {
  try {
    const config = await Config.load(root)
    await run([...args], config)
    await flush()
  } catch (error) {
    await handle(error as Error)
  }
}
