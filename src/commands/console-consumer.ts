import { consoleConsumerTool } from '../cli/console-consumer/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class ConsoleConsumer extends ToolCommand {
  static override summary = consoleConsumerTool.summary
  static override examples = examplesOf(consoleConsumerTool)
  static override flags = flagsOf(consoleConsumerTool)

  protected readonly tool = consoleConsumerTool
}
