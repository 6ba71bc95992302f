import { Args } from '@oclif/core'
import { formatDuration, parseDuration } from '../../base/duration.js'
import { UserError } from '../../base/user-error.js'
import { KlogCommand } from '../../cli/klog-command.js'
import { requiredBroker } from '../../cli/local/broker-argument.js'
import { askLocalBroker } from '../../cli/local/control.js'
import { lagBroker } from '../../control/verbs/lag-broker.js'

export default class BrokerLag extends KlogCommand {
  static override summary = 'Make what one broker of the cluster copies from leaders late; 0s ends that'
  static override description =
    'Each of its fetches as a follower is sent so much later. Longer than replica.lag.time.max.ms, which is 3 s here, and it leaves the ISR.'

  static override examples = [
    '<%= config.bin %> <%= command.id %> 2 5s',
    '<%= config.bin %> <%= command.id %> 2 250ms',
    '<%= config.bin %> <%= command.id %> 2 0s',
  ]
  static override args = {
    broker: requiredBroker,
    delay: Args.string({ required: true, description: 'how late: whole numbers with a unit of ms, s, m, h or d' }),
  }

  async run(): Promise<void> {
    const { args } = await this.parse(BrokerLag)
    const lagMs = parseDuration(args.delay)
    if (lagMs === null) throw new UserError(`${args.delay} is no length of time`, 'For example: 5s, 500ms')
    await askLocalBroker(this.home, this.clock, lagBroker, { id: args.broker, lagMs })
    this.log(
      lagMs === 0
        ? `The fetches of broker ${args.broker} are on time again.`
        : `The fetches of broker ${args.broker} are ${formatDuration(lagMs)} late. To end that: klog broker lag ${args.broker} 0s`,
    )
  }
}
