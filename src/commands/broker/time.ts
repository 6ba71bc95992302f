import { Flags } from '@oclif/core'
import { formatDuration } from '../../base/duration.js'
import { CLOCK } from '../../cli/broker/data.js'
import { KlogCommand } from '../../cli/klog-command.js'
import { askLocalBroker } from '../../cli/local/control.js'
import { readTime } from '../../control/verbs/read-time.js'

export default class BrokerTime extends KlogCommand {
  static override summary = "Show the local broker's clock"
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> broker start --virtual-time && <%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --output json',
  ]

  static override flags = {
    output: Flags.option({
      summary: 'how to print it',
      options: ['text', 'json', 'yaml'] as const,
      default: 'text' as const,
    })(),
  }

  static override data = [CLOCK]

  async run(): Promise<void> {
    const { flags } = await this.parse(BrokerTime)
    const { isVirtual, aheadMs } = await askLocalBroker(this.home, this.clock, readTime, {})
    const now = new Date(this.clock.now() + aheadMs).toISOString()
    if (flags.output !== 'text') this.logData(flags.output, CLOCK, [{ now, isVirtual, aheadMs }])
    else if (isVirtual) this.log(`${now} (virtual time, ${formatDuration(aheadMs)} ahead)`)
    else this.log(`${now} (the system's time; to move it: klog broker start --virtual-time)`)
  }
}
