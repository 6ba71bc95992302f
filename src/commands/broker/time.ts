import { formatDuration } from '../../base/duration.js'
import { KlogCommand } from '../../cli/klog-command.js'
import { askLocalBroker } from '../../cli/local/control.js'
import { readTime } from '../../control/verbs/read-time.js'

export default class BrokerTime extends KlogCommand {
  static override summary = "Show the local broker's clock"
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run(): Promise<void> {
    await this.parse(BrokerTime)
    const { isVirtual, aheadMs } = await askLocalBroker(this.home, this.clock, readTime, {})
    const now = new Date(this.clock.now() + aheadMs).toISOString()
    if (isVirtual) this.log(`${now} (virtual time, ${formatDuration(aheadMs)} ahead)`)
    else this.log(`${now} (the system's time; to move it: klog broker start --virtual-time)`)
  }
}
