import { KlogCommand } from '../cli/klog-command.js'
import { tools } from '../cli/tools.js'

export default class Tools extends KlogCommand {
  static override summary = "List Kafka's command-line tools that klog has, a name a line"
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> | wc -l',
    '<%= config.bin %> <%= command.id %> | xargs -I TOOL <%= config.bin %> TOOL --version',
  ]

  async run(): Promise<void> {
    await this.parse(Tools)
    for (const name of Object.keys(tools)) this.log(name)
  }
}
