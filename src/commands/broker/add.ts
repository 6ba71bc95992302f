import { KlogCommand } from '../../cli/klog-command.js'
import { askLocalBroker } from '../../cli/local/control.js'
import { addBroker } from '../../control/verbs/add-broker.js'

export default class BrokerAdd extends KlogCommand {
  static override summary = 'Add a broker to the cluster that runs'
  static override description =
    'It takes the next id and the next free port, follows the metadata quorum without a vote, and has no partitions until some are made on it or moved to it: klog reassign-partitions.'

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> broker start --brokers 3 && <%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> && <%= config.bin %> broker status',
  ]

  async run(): Promise<void> {
    await this.parse(BrokerAdd)
    const { id, host, port, standing } = await askLocalBroker(this.home, this.clock, addBroker, {})
    this.log(`Broker ${id} ${standing === 'running' ? 'serves' : 'is starting'} on ${host}:${port}.`)
  }
}
