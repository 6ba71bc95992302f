import { Flags } from '@oclif/core'
import { chooseContext, LOCAL, listContexts } from '../cli/context/choose.js'
import { DATA_FORMATS } from '../cli/data/output-option.js'
import { printData } from '../cli/data/print-data.js'
import { boolean, map, orNull, shape, text } from '../cli/data/shape.js'
import { KlogCommand } from '../cli/klog-command.js'
import { ProcessIo } from '../cli/process-io.js'

const CONTEXTS = shape(
  '',
  {
    name: text('its name'),
    isCurrent: boolean('commands that do not say are for this one'),
    bootstrapServers: orNull(text('null for the local broker')),
    isReadOnly: boolean('commands that change something are refused'),
    properties: map('client settings'),
    file: orNull(text('that has it; null for the local broker')),
  },
  { columns: ['name', 'isCurrent', 'bootstrapServers', 'isReadOnly', 'file'] },
)

export default class ContextList extends KlogCommand {
  static override summary = 'Show the clusters that have a name, and which of them commands are for'
  static override description =
    'The first of these decides: --bootstrap-server, --context, KLOG_BOOTSTRAP_SERVER, KLOG_CONTEXT, a .klog.json in this directory or above, klog context use. Otherwise it is the local broker.'

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> context set test --bootstrap-server kafka.example.com:9092 --read-only',
    '<%= config.bin %> topics --list --context test',
  ]

  static override flags = {
    output: Flags.option({ summary: 'how to print it', options: DATA_FORMATS, default: 'table' as const })(),
  }

  static override data = [CONTEXTS]

  async run(): Promise<void> {
    const { flags } = await this.parse(ContextList)
    const current = chooseContext(process.env, process.cwd())
    const name = current === null ? LOCAL : current.name
    const rows = listContexts(process.env, process.cwd()).map((context) => ({
      name: context.name!,
      isCurrent: context.name === name,
      bootstrapServers: context.bootstrapServers,
      isReadOnly: context.isReadOnly,
      properties: Object.fromEntries([...context.properties].map(([key, value]) => [key, shown(key, value)])),
      file: context.file,
    }))
    const io = new ProcessIo()
    await printData(io, flags.output, CONTEXTS, rows)
    await io.flushed()
    if (current !== null) this.note(`klog: chosen by ${current.chosenBy}: ${name ?? current.bootstrapServers}`)
  }
}

/** What is secret stays in the file. */
function shown(key: string, value: string): string {
  return /password|secret|jaas/i.test(key) ? '(hidden)' : value
}
