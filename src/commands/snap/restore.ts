import { Args } from '@oclif/core'
import { KlogCommand } from '../../cli/klog-command.js'
import { restoreSnapshot } from '../../cli/local/snapshots.js'
import { bootstrapServersOf } from '../../cli/local/state.js'

export default class SnapRestore extends KlogCommand {
  static override summary = 'Put the broker, or all of its cluster, back to a snapshot; what it has is lost'
  static override description =
    'A broker that runs is stopped for it, and started again with the settings that it had. The snapshot stays.'

  static override examples = [
    '<%= config.bin %> <%= command.id %> before-upgrade',
    '<%= config.bin %> snap list && <%= config.bin %> <%= command.id %> monday',
    'KLOG_HOME=/tmp/tour <%= config.bin %> <%= command.id %> empty',
  ]
  static override args = { name: Args.string({ required: true, description: 'which one' }) }

  async run(): Promise<void> {
    const { args } = await this.parse(SnapRestore)
    const { snapshot, restarted } = await restoreSnapshot(this.home, args.name, this.clock)
    const taken = new Date(snapshot.takenAtMs).toISOString()
    this.log(`Restored ${snapshot.name}, taken at ${taken}: ${snapshot.partitions} partitions.`)
    if (restarted !== null) {
      const who = restarted.brokers === undefined ? 'The broker serves' : `${restarted.brokers.length} brokers serve`
      this.log(`${who} again on ${bootstrapServersOf(restarted)} (pid ${restarted.pid}).`)
    }
  }
}
