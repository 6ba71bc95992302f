import { COMPACTION, compactionRow } from '../../../cli/broker/data.js'
import { TICK_FLAGS } from '../../../cli/broker/tick-flags.js'
import { compactionText } from '../../../cli/broker/tick-report.js'
import { KlogCommand } from '../../../cli/klog-command.js'
import { askLocalBroker } from '../../../cli/local/control.js'
import { tickCompaction } from '../../../control/verbs/tick-compaction.js'

export default class BrokerTickCompaction extends KlogCommand {
  static override summary = 'Compact now, and say what went'
  static override description =
    'The broker compacts by itself when enough of a topic is outdated (min.cleanable.dirty.ratio), and never the segment that is written to. Here every topic with cleanup.policy=compact has its turn, and its last segment is closed first. Tombstones stay for delete.retention.ms after the first time they were met.'

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --topic accounts',
    '<%= config.bin %> <%= command.id %> --topic accounts --output json',
  ]

  static override flags = TICK_FLAGS
  static override data = [COMPACTION]

  async run(): Promise<void> {
    const { flags } = await this.parse(BrokerTickCompaction)
    const reports = await askLocalBroker(this.home, this.clock, tickCompaction, { topic: flags.topic ?? null })
    if (flags.output === 'table') this.log(compactionText(reports))
    else this.logData(flags.output, COMPACTION, reports.map(compactionRow))
  }
}
