import { KlogCommand } from '../../cli/klog-command.js'
import { forceFlag, requiredBroker } from '../../cli/local/broker-argument.js'
import { askLocalBroker } from '../../cli/local/control.js'
import { pauseBroker } from '../../control/verbs/pause-broker.js'

export default class BrokerPause extends KlogCommand {
  static override summary = 'Have one broker of the cluster stand still: it takes and sends nothing'
  static override description =
    'As a long garbage collection or a laptop that sleeps. Its connections stay open, and after a while the others take it for dead.'

  static override examples = [
    '<%= config.bin %> <%= command.id %> 1',
    '<%= config.bin %> <%= command.id %> 1 && <%= config.bin %> topics --describe --topic orders',
    '<%= config.bin %> <%= command.id %> 1 && <%= config.bin %> broker status',
  ]
  static override args = { broker: requiredBroker }
  static override flags = { force: forceFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(BrokerPause)
    await askLocalBroker(this.home, this.clock, pauseBroker, { id: args.broker, isForced: flags.force })
    this.log(`Broker ${args.broker} stands still. To have it go on: klog broker resume ${args.broker}`)
  }
}
