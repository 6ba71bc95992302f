import { KlogCommand } from '../../cli/klog-command.js'
import { aimAt } from '../../cli/local/aim.js'
import { brokerArgument, forceFlag } from '../../cli/local/broker-argument.js'
import { askLocalBroker } from '../../cli/local/control.js'
import { endBroker } from '../../cli/local/end.js'
import { killBroker } from '../../control/verbs/kill-broker.js'

export default class BrokerKill extends KlogCommand {
  static override summary = 'End the local broker at once, as a crash would; what it acknowledged stays'
  static override description =
    'Of a cluster all brokers, or the one that is named: as by a power cut, nothing is flushed and connections drop.'

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> 1',
    '<%= config.bin %> <%= command.id %> && <%= config.bin %> broker start && <%= config.bin %> broker check',
  ]
  static override args = { broker: brokerArgument }
  static override flags = { force: forceFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(BrokerKill)
    const id = args.broker
    if (id !== undefined && aimAt(this.home, id) === 'one of several') {
      await askLocalBroker(this.home, this.clock, killBroker, { id, isForced: flags.force })
      return this.log(`Broker ${id} was killed.`)
    }
    const ended = await endBroker(this.home, 'SIGKILL', this.clock)
    if (ended === null) return this.log('No broker runs.')
    const { pid, brokers } = ended
    this.log(
      brokers === undefined
        ? `The broker (pid ${pid}) was killed.`
        : `${brokers.length} brokers (pid ${pid}) were killed.`,
    )
  }
}
