import { join } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { UserError } from '../../base/user-error.js'
import { listContexts } from '../../cli/context/choose.js'
import { readContextFile, userFile, writeContextFile } from '../../cli/context/context-files.js'
import { didYouMean } from '../../cli/did-you-mean.js'
import { KlogCommand } from '../../cli/klog-command.js'

export default class ContextUse extends KlogCommand {
  static override summary = 'Say which cluster commands are for from now on; local is the local broker'
  static override examples = [
    '<%= config.bin %> <%= command.id %> test',
    '<%= config.bin %> <%= command.id %> local',
    '<%= config.bin %> <%= command.id %> test --here',
  ]

  static override args = { name: Args.string({ required: true, description: 'one that klog context shows' }) }
  static override flags = {
    here: Flags.boolean({ summary: 'in this directory and those below only: writes .klog.json' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ContextUse)
    const names = listContexts(process.env, process.cwd()).map(({ name }) => name)
    if (!names.includes(args.name)) {
      throw new UserError(
        `there is no context ${args.name}`,
        didYouMean(
          args.name,
          names.flatMap((name) => name ?? []),
        ) ?? `There are ${names.join(', ')}.`,
      )
    }
    const path = flags.here ? join(process.cwd(), '.klog.json') : userFile(process.env)
    writeContextFile(path, { ...readContextFile(path), context: args.name })
    this.log(`Commands are for ${args.name} (${path}).`)
  }
}
