import { Flags } from '@oclif/core'
import { KlogCommand } from '../../cli/klog-command.js'
import { snapshotsOf } from '../../cli/local/snapshots.js'
import { snapshotsText } from '../../cli/snap/list-text.js'

export default class SnapList extends KlogCommand {
  static override summary = 'List the snapshots of the local broker, the oldest first'
  static override examples = ['<%= config.bin %> <%= command.id %>']
  static override flags = {
    output: Flags.string({ summary: 'how to print it', options: ['table', 'json'], default: 'table' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(SnapList)
    const snapshots = snapshotsOf(this.home).list()
    this.log(flags.output === 'json' ? JSON.stringify(snapshots, null, 2) : snapshotsText(snapshots))
  }
}
