import { Flags } from '@oclif/core'
import { DATA_FORMATS } from '../../cli/data/output-option.js'
import { KlogCommand } from '../../cli/klog-command.js'
import { snapshotsOf } from '../../cli/local/snapshots.js'
import { SNAPSHOTS, snapshotRow } from '../../cli/snap/data.js'
import { snapshotsText } from '../../cli/snap/list-text.js'

export default class SnapList extends KlogCommand {
  static override summary = 'List the snapshots of the local broker, the oldest first'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --output json',
    '<%= config.bin %> <%= command.id %> --output json | jq -r .[].name',
  ]
  static override flags = {
    output: Flags.option({ summary: 'how to print it', options: DATA_FORMATS, default: 'table' as const })(),
  }

  static override data = [SNAPSHOTS]

  async run(): Promise<void> {
    const { flags } = await this.parse(SnapList)
    const snapshots = snapshotsOf(this.home).list()
    if (flags.output === 'table') this.log(snapshotsText(snapshots))
    else this.logData(flags.output, SNAPSHOTS, snapshots.map(snapshotRow))
  }
}
