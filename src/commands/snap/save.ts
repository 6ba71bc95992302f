import { Args } from '@oclif/core'
import { KlogCommand } from '../../cli/klog-command.js'
import { saveSnapshotOf } from '../../cli/local/snapshots.js'

export default class SnapSave extends KlogCommand {
  static override summary = 'Copy the whole local broker as it is at this moment'
  static override description =
    'All topics, records, offsets of groups and settings, while clients go on writing. It takes a moment and hardly any room: closed segments are shared with the broker until one of the two changes them. Of a cluster all brokers are copied, at one moment; of a broker that does not run, what lies on its disk.'

  static override examples = [
    '<%= config.bin %> <%= command.id %> before-upgrade',
    '<%= config.bin %> <%= command.id %> monday && <%= config.bin %> quickstart',
    'KLOG_HOME=/tmp/tour <%= config.bin %> <%= command.id %> empty',
  ]
  static override args = { name: Args.string({ required: true, description: 'what to call it' }) }

  async run(): Promise<void> {
    const { args } = await this.parse(SnapSave)
    const { name, partitions, sizeBytes } = await saveSnapshotOf(this.home, args.name, this.clock)
    this.log(`Saved ${name}: ${partitions} partitions, ${sizeBytes} bytes.`)
  }
}
