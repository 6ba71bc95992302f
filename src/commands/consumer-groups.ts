import { consumerGroupsTool } from '../cli/consumer-groups/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class ConsumerGroups extends ToolCommand {
  static override summary = consumerGroupsTool.summary
  static override examples = examplesOf(consumerGroupsTool)
  static override flags = flagsOf(consumerGroupsTool)

  protected readonly tool = consumerGroupsTool
}
