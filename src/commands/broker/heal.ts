import { KlogCommand } from '../../cli/klog-command.js'
import { askLocalBroker } from '../../cli/local/control.js'
import { healCluster } from '../../control/verbs/heal-cluster.js'

export default class BrokerHeal extends KlogCommand {
  static override summary = 'End every cut of the network between brokers'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> broker cut 2 0,1 && sleep 10 && <%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> && <%= config.bin %> broker status',
  ]

  async run(): Promise<void> {
    await this.parse(BrokerHeal)
    await askLocalBroker(this.home, this.clock, healCluster, {})
    this.log('All brokers reach one another.')
  }
}
