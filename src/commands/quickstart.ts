import { Readable } from 'node:stream'
import chalk from 'chalk'
import { KlogCommand } from '../cli/klog-command.js'
import { ensureBroker } from '../cli/local/ensure.js'
import { type BrokerState, bootstrapServersOf } from '../cli/local/state.js'
import { ProcessIo } from '../cli/process-io.js'
import { tools } from '../cli/tools.js'

const TOPIC = 'quickstart-orders'
const GROUP = 'quickstart-billing'
const FIRST_ORDERS = ['alice:book', 'bob:lamp', 'alice:pen', 'carol:tea', 'bob:chair']
const LATER_ORDERS = ['alice:ink', 'carol:cup']
const KEYED = ['--reader-property', 'parse.key=true', '--reader-property', 'key.separator=:']

export default class Quickstart extends KlogCommand {
  static override summary = 'See topics, keys, a consumer group and its lag, in under a minute'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> broker reset --yes && <%= config.bin %> <%= command.id %>',
    'KLOG_HOME=/tmp/tour <%= config.bin %> <%= command.id %>',
  ]

  async run(): Promise<void> {
    await this.parse(Quickstart)
    const { state } = await ensureBroker(this.home, { overrides: [] }, this.clock)
    this.log(
      `A Kafka broker answers on ${bootstrapServersOf(state)}. Each command below is one that you can type yourself.`,
    )

    await this.step(state, 'A topic keeps its records in partitions.', [
      ...['topics', '--create', '--if-not-exists', '--topic', TOPIC, '--partitions', '3'],
    ])
    await this.step(
      state,
      'Records with the same key go to the same partition, and stay in order there.',
      [...['console-producer', '--topic', TOPIC, ...KEYED]],
      FIRST_ORDERS,
    )
    await this.step(state, 'A consumer group reads them, and Kafka remembers how far it came.', [
      ...['console-consumer', '--topic', TOPIC, '--group', GROUP, '--from-beginning'],
      ...[
        '--max-messages',
        String(FIRST_ORDERS.length),
        '--formatter-property',
        'print.partition=true',
        '--formatter-property',
        'print.key=true',
      ],
    ])
    await this.step(
      state,
      'Two more records come in while nobody reads …',
      [...['console-producer', '--topic', TOPIC, ...KEYED]],
      LATER_ORDERS,
    )
    await this.step(state, '… and the LAG column shows what the group has not read yet.', [
      ...['consumer-groups', '--describe', '--group', GROUP],
    ])

    this.log('\nThe broker goes on running, and what was written is there after a restart.')
    this.log('  klog broker stop     stops it')
    this.log('  klog broker reset    stops it and deletes everything')
    this.log('  klog --help          shows the other commands')
  }

  /** Says what happens next, shows the command, and runs it as if it had been typed; a failure ends the tour. */
  private async step(
    state: BrokerState,
    why: string,
    words: readonly string[],
    stdin: readonly string[] = [],
  ): Promise<void> {
    const fed = stdin.length === 0 ? '' : `printf '${stdin.join('\\n')}\\n' | `
    const command = `${fed}klog ${words.map(quoted).join(' ')}`
    this.log(`\n# ${why}\n${chalk.bold(`$ ${command}`)}`)
    const [name, ...args] = words
    const tool = await tools[name!]!()
    const io = new ProcessIo(Readable.from(stdin.map((line) => Buffer.from(`${line}\n`))))
    const code = await tool.run([...args, '--bootstrap-server', bootstrapServersOf(state)], io)
    await io.flushed()
    if (code !== 0) this.exit(code)
  }
}

function quoted(word: string): string {
  return /^[\w./:=-]+$/.test(word) ? word : `'${word}'`
}
