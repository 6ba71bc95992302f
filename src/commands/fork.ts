import { Args, Flags } from '@oclif/core'
import { KlogCommand } from '../cli/klog-command.js'
import { forkBroker } from '../cli/local/fork.js'
import { bootstrapServersOf } from '../cli/local/state.js'

export default class ForkBroker extends KlogCommand {
  static override summary = 'Start a second broker on a copy of the first: try something out, throw it away'
  static override description =
    'The copy is of the snapshot NAME. Where there is none of that name, one is taken of the broker as it is now, and stays. Of a cluster the fork is one too, on as many ports in a row. The fork has a KLOG_HOME of its own, which every command works with.'

  static override examples = [
    '<%= config.bin %> <%= command.id %> what-if --port 9192',
    '<%= config.bin %> <%= command.id %> before-upgrade --port 9292',
    '<%= config.bin %> topics --list --bootstrap-server localhost:9192',
  ]

  static override args = { name: Args.string({ required: true, description: 'the snapshot, there or to be taken' }) }
  static override flags = {
    port: Flags.integer({
      summary: 'where the fork listens, its first broker',
      helpValue: 'N',
      min: 1,
      max: 65535,
      required: true,
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ForkBroker)
    const { home, state, snapshot, isNewSnapshot } = await forkBroker(this.home, args.name, flags.port, this.clock)
    if (isNewSnapshot) this.log(`Saved ${snapshot.name}: ${snapshot.partitions} partitions.`)
    const count = state.brokers === undefined ? '' : `, ${state.brokers.length} brokers,`
    this.log(`A fork of ${snapshot.name}${count} serves on ${bootstrapServersOf(state)} (pid ${state.pid}).`)
    this.log(`Its home is ${home.directory}: set KLOG_HOME to it, and klog's commands are for the fork. To stop it:`)
    this.log(`  KLOG_HOME=${home.directory} klog broker stop`)
  }
}
