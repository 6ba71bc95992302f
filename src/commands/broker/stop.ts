import { KlogCommand } from '../../cli/klog-command.js'
import { aimAt } from '../../cli/local/aim.js'
import { brokerArgument, forceFlag } from '../../cli/local/broker-argument.js'
import { askLocalBroker } from '../../cli/local/control.js'
import { endBroker } from '../../cli/local/end.js'
import { stopBroker } from '../../control/verbs/stop-broker.js'

export default class BrokerStop extends KlogCommand {
  static override summary = 'Stop the local broker in order; its data stays'
  static override description = 'Of a cluster all brokers, or the one that is named: others lead before it is gone.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> 2',
    'KLOG_HOME=/tmp/tour <%= config.bin %> <%= command.id %>',
  ]
  static override args = { broker: brokerArgument }
  static override flags = { force: forceFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(BrokerStop)
    const id = args.broker
    if (id !== undefined && aimAt(this.home, id) === 'one of several') {
      await askLocalBroker(this.home, this.clock, stopBroker, { id, isForced: flags.force })
      return this.log(`Broker ${id} has stopped.`)
    }
    const ended = await endBroker(this.home, 'SIGTERM', this.clock)
    if (ended === null) return this.log('No broker runs.')
    const { pid, brokers } = ended
    this.log(
      brokers === undefined
        ? `The broker (pid ${pid}) has stopped.`
        : `${brokers.length} brokers (pid ${pid}) have stopped.`,
    )
  }
}
