import { KlogCommand } from '../../cli/klog-command.js'
import { requiredBroker } from '../../cli/local/broker-argument.js'
import { askLocalBroker } from '../../cli/local/control.js'
import { resumeBroker } from '../../control/verbs/resume-broker.js'

export default class BrokerResume extends KlogCommand {
  static override summary = 'Have a broker that was paused go on'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 1',
    '<%= config.bin %> broker pause 1 && sleep 5 && <%= config.bin %> <%= command.id %> 1',
    '<%= config.bin %> <%= command.id %> 1 && <%= config.bin %> broker status',
  ]
  static override args = { broker: requiredBroker }

  async run(): Promise<void> {
    const { args } = await this.parse(BrokerResume)
    await askLocalBroker(this.home, this.clock, resumeBroker, { id: args.broker })
    this.log(`Broker ${args.broker} goes on.`)
  }
}
