import { Flags } from '@oclif/core'
import { checkData } from '../../cli/broker/check-data.js'
import { checkText } from '../../cli/broker/check-report.js'
import { CHECKED } from '../../cli/broker/data.js'
import { KlogCommand } from '../../cli/klog-command.js'
import { askLocalBroker } from '../../cli/local/control.js'
import { runningBroker } from '../../cli/local/state.js'
import { checkBroker } from '../../control/verbs/check-broker.js'

export default class BrokerCheck extends KlogCommand {
  static override summary = 'Look whether the disk has what was written to it; exit code 1 when it has not'
  static override description =
    'Compares every checksum, and indexes, offsets, snapshots of producers and checkpoints with the batches. Nothing is changed. A broker that runs does it beside its work; the data of one that does not is read as it lies, and so is that of Apache Kafka with --data.'

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --data /tmp/kraft-combined-logs',
    '<%= config.bin %> <%= command.id %> --data /tmp/kraft-combined-logs --output json',
  ]

  static override flags = {
    data: Flags.string({ summary: 'a directory of log.dirs, of any broker', helpValue: 'DIR', multiple: true }),
    output: Flags.option({
      summary: 'how to print it',
      options: ['text', 'json', 'yaml'] as const,
      default: 'text' as const,
    })(),
  }

  static override data = [CHECKED]

  async run(): Promise<void> {
    const { flags } = await this.parse(BrokerCheck)
    const { data, output } = flags
    const isAsked = data === undefined && runningBroker(this.home) !== null
    const report = isAsked
      ? await askLocalBroker(this.home, this.clock, checkBroker, {})
      : await checkData(data ?? [this.home.dataDirectory])
    if (output === 'text') this.log(checkText(report))
    else this.logData(output, CHECKED, [report])
    if (report.findings.length > 0) this.exit(1)
  }
}
