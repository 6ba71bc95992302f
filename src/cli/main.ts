import { Config, Errors, flush, handle, run } from '@oclif/core'
import chalk from 'chalk'
import { splitContext } from './context/apply.js'
import { ExamplesFirstHelp } from './help/examples-first.js'
import { notFoundText } from './help/not-found.js'
import { KAFKA_VERSION, klogVersion } from './version.js'

export { COMMANDS } from './commands.js'

/** Runs the command line through oclif: klog's own commands, their help, and anything mistyped. `root` is the package's directory. */
export async function main(root: string, args: readonly string[]): Promise<void> {
  if (process.env.NO_COLOR) chalk.level = 0
  try {
    const config = await Config.load(root)
    await runWords(splitContext(args).args, config)
    await flush()
  } catch (error) {
    await handle(error as Error)
  }
}

async function runWords(words: readonly string[], config: Config): Promise<void> {
  const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words
  if (own.includes('--version')) {
    process.stdout.write(`klog ${klogVersion()} (Kafka ${KAFKA_VERSION})\n`)
    return
  }
  const isHelp = own.includes('--help') || own[0] === 'help'
  const typed = own.filter((word) => !word.startsWith('-') && word !== 'help')
  if (!isExisting(typed, config)) return refuse(typed, config)
  if (isHelp) await new ExamplesFirstHelp(config).showHelp(typed)
  else {
    try {
      await run([...words], config)
    } catch (error) {
      if (error instanceof Errors.CLIError && /^command .* not found$/.test(error.message)) return refuse(typed, config)
      throw error
    }
  }
}

/** A command, with what follows it, or the first words of several. */
function isExisting(typed: readonly string[], config: Config): boolean {
  const [first] = typed
  return first === undefined || config.commandIDs.some((id) => id === first || id.startsWith(`${first}:`))
}

function refuse(typed: readonly string[], config: Config): void {
  const commands = config.commandIDs.map((id) => id.replaceAll(':', ' '))
  const [first = ''] = typed
  const isTopic = commands.some((command) => command.startsWith(`${first} `))
  process.stderr.write(notFoundText(isTopic ? typed.slice(0, 2).join(' ') : first, commands))
  process.exitCode = 1
}
