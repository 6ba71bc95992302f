import { Args } from '@oclif/core'
import { KlogCommand } from '../../cli/klog-command.js'
import { snapshotsOf } from '../../cli/local/snapshots.js'

export default class SnapDelete extends KlogCommand {
  static override summary = 'Delete a snapshot; the broker and its forks keep what they have'
  static override examples = [
    '<%= config.bin %> <%= command.id %> before-upgrade',
    '<%= config.bin %> snap list && <%= config.bin %> <%= command.id %> monday',
    'KLOG_HOME=/tmp/tour <%= config.bin %> <%= command.id %> empty',
  ]
  static override args = { name: Args.string({ required: true, description: 'which one' }) }

  async run(): Promise<void> {
    const { args } = await this.parse(SnapDelete)
    const { name } = await snapshotsOf(this.home).delete(args.name)
    this.log(`Deleted ${name}.`)
  }
}
