import { KlogCommand } from '../../cli/klog-command.js'
import { endBroker } from '../../cli/local/end.js'

export default class BrokerStop extends KlogCommand {
  static override summary = 'Stop the local broker in order; its data stays'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run(): Promise<void> {
    await this.parse(BrokerStop)
    const ended = await endBroker(this.home, 'SIGTERM', this.clock)
    this.log(ended === null ? 'No broker runs.' : `The broker (pid ${ended.pid}) has stopped.`)
  }
}
