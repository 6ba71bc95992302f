import { Args } from '@oclif/core'
import { UserError } from '../../base/user-error.js'
import { readContextFile, userFile, writeContextFile } from '../../cli/context/context-files.js'
import { KlogCommand } from '../../cli/klog-command.js'

export default class ContextDelete extends KlogCommand {
  static override summary = 'Forget the name of a cluster; the cluster stays as it is'
  static override examples = [
    '<%= config.bin %> <%= command.id %> test',
    '<%= config.bin %> <%= command.id %> prod',
    '<%= config.bin %> context && <%= config.bin %> <%= command.id %> test',
  ]
  static override args = { name: Args.string({ required: true, description: 'one that klog context shows' }) }

  async run(): Promise<void> {
    const { args } = await this.parse(ContextDelete)
    const path = userFile(process.env)
    const { context, contexts = {} } = readContextFile(path)
    if (!Object.hasOwn(contexts, args.name)) {
      throw new UserError(`${path} has no context ${args.name}`, 'klog context shows which file has which.')
    }
    const left = Object.fromEntries(Object.entries(contexts).filter(([name]) => name !== args.name))
    writeContextFile(path, { ...(context === args.name || context === undefined ? {} : { context }), contexts: left })
    this.log(`Forgot ${args.name}.`)
  }
}
