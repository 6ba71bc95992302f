import { Args } from '@oclif/core'
import { UserError } from '../../base/user-error.js'
import { KlogCommand } from '../../cli/klog-command.js'
import { forceFlag, requiredBroker } from '../../cli/local/broker-argument.js'
import { askLocalBroker } from '../../cli/local/control.js'
import { cutBroker } from '../../control/verbs/cut-broker.js'

export default class BrokerCut extends KlogCommand {
  static override summary = 'Cut the network between one broker of the cluster and others, both ways'
  static override description = 'Clients still reach all of them.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 2 0,1',
    '<%= config.bin %> <%= command.id %> 0 1',
    '<%= config.bin %> <%= command.id %> 2 0,1 && <%= config.bin %> broker status',
  ]
  static override args = {
    broker: requiredBroker,
    others: Args.string({ required: true, description: 'ids of the brokers on the other side, divided by commas' }),
  }

  static override flags = { force: forceFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(BrokerCut)
    if (!/^\d{1,10}(,\d{1,10})*$/.test(args.others)) {
      throw new UserError(`${args.others} is no list of brokers`, 'For example: klog broker cut 2 0,1')
    }
    const others = args.others.split(',').map(Number)
    await askLocalBroker(this.home, this.clock, cutBroker, { id: args.broker, others, isForced: flags.force })
    this.log(`Broker ${args.broker} is cut from ${others.join(', ')}. To end that: klog broker heal`)
  }
}
