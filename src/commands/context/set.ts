import { Args, Flags } from '@oclif/core'
import { UserError } from '../../base/user-error.js'
import { LOCAL } from '../../cli/context/choose.js'
import { readContextFile, userFile, writeContextFile } from '../../cli/context/context-files.js'
import { KlogCommand } from '../../cli/klog-command.js'
import { parseKeyValues } from '../../cli/properties.js'

export default class ContextSet extends KlogCommand {
  static override summary = 'Give a cluster a name, or change what the name stands for'
  static override examples = [
    '<%= config.bin %> <%= command.id %> test --bootstrap-server kafka.example.com:9092',
    '<%= config.bin %> <%= command.id %> prod --bootstrap-server a:9092,b:9092 --read-only --use',
    '<%= config.bin %> <%= command.id %> test --bootstrap-server a:9092 --property client.id=ada',
  ]

  static override args = { name: Args.string({ required: true, description: 'a name of your own' }) }
  static override flags = {
    'bootstrap-server': Flags.string({ summary: 'brokers to contact first', helpValue: 'host:port,…', required: true }),
    property: Flags.string({ summary: 'a client setting', helpValue: 'name=value', multiple: true, default: [] }),
    'read-only': Flags.boolean({ summary: 'refuse commands that change something' }),
    use: Flags.boolean({ summary: 'and make it the one that commands are for' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ContextSet)
    if (args.name === LOCAL) throw new UserError(`${LOCAL} is the local broker`, 'Take another name.')
    const path = userFile(process.env)
    const file = readContextFile(path)
    const properties = Object.fromEntries(parseKeyValues(flags.property))
    const cluster = {
      bootstrapServers: flags['bootstrap-server'],
      ...(flags.property.length === 0 ? {} : { properties }),
      ...(flags['read-only'] ? { readOnly: true } : {}),
    }
    const chosen = flags.use ? { context: args.name } : {}
    writeContextFile(path, { ...file, ...chosen, contexts: { ...file.contexts, [args.name]: cluster } })
    this.log(`Context ${args.name} is ${flags['bootstrap-server']} (${path}).`)
    if (!flags.use) this.log(`To work with it: klog context use ${args.name}, or --context ${args.name}`)
  }
}
