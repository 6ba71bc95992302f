import { Args } from '@oclif/core'
import { formatDuration, parseDuration } from '../../../base/duration.js'
import { UserError } from '../../../base/user-error.js'
import { KlogCommand } from '../../../cli/klog-command.js'
import { askLocalBroker } from '../../../cli/local/control.js'
import { advanceTime } from '../../../control/verbs/advance-time.js'

export default class BrokerTimeAdvance extends KlogCommand {
  static override summary = "Move the local broker's clock ahead"
  static override description =
    `Timestamps that the broker gives, retention, timeouts of sessions and transactions and everything that expires follow; what falls due on the way happens at once. Clients keep their own time: members of groups that did not send a heartbeat in the time that has been skipped are taken for dead, and join again.

Only for a broker that was started with --virtual-time. The next start begins at the real time again.`

  static override examples = [
    '<%= config.bin %> <%= command.id %> 8d',
    '<%= config.bin %> <%= command.id %> 1d12h',
    '<%= config.bin %> <%= command.id %> 30m && <%= config.bin %> broker tick retention',
  ]

  static override args = {
    duration: Args.string({ required: true, description: 'how far: whole numbers with a unit of ms, s, m, h, d or w' }),
  }

  async run(): Promise<void> {
    const { args } = await this.parse(BrokerTimeAdvance)
    const byMs = parseDuration(args.duration)
    if (byMs === null) throw new UserError(`${args.duration} is no length of time`, 'For example: 8d, 90s, 1d12h')
    const { aheadMs } = await askLocalBroker(this.home, this.clock, advanceTime, { byMs })
    const now = new Date(this.clock.now() + aheadMs).toISOString()
    this.log(`${now} (virtual time, ${formatDuration(aheadMs)} ahead)`)
  }
}
