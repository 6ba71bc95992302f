import { RETENTION, retentionRow } from '../../../cli/broker/data.js'
import { TICK_FLAGS } from '../../../cli/broker/tick-flags.js'
import { retentionText } from '../../../cli/broker/tick-report.js'
import { KlogCommand } from '../../../cli/klog-command.js'
import { askLocalBroker } from '../../../cli/local/control.js'
import { tickRetention } from '../../../control/verbs/tick-retention.js'

export default class BrokerTickRetention extends KlogCommand {
  static override summary = 'Delete now what has outlived its retention, and say what went'
  static override description =
    "What the broker does by itself every log.retention.check.interval.ms: segments go by the topic's retention.ms and retention.bytes. RECORDS counts offsets."

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --topic orders',
    '<%= config.bin %> <%= command.id %> --topic orders --output json',
  ]

  static override flags = TICK_FLAGS
  static override data = [RETENTION]

  async run(): Promise<void> {
    const { flags } = await this.parse(BrokerTickRetention)
    const reports = await askLocalBroker(this.home, this.clock, tickRetention, { topic: flags.topic ?? null })
    if (flags.output === 'table') this.log(retentionText(reports))
    else this.logData(flags.output, RETENTION, reports.map(retentionRow))
  }
}
