import { KlogCommand } from '../../cli/klog-command.js'
import { endBroker } from '../../cli/local/end.js'

export default class BrokerKill extends KlogCommand {
  static override summary = 'End the local broker at once, as a crash would; what it acknowledged stays'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run(): Promise<void> {
    await this.parse(BrokerKill)
    const ended = await endBroker(this.home, 'SIGKILL', this.clock)
    this.log(ended === null ? 'No broker runs.' : `The broker (pid ${ended.pid}) was killed.`)
  }
}
