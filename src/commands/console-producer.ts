import { consoleProducerTool } from '../cli/console-producer/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class ConsoleProducer extends ToolCommand {
  static override summary = consoleProducerTool.summary
  static override examples = examplesOf(consoleProducerTool)
  static override flags = flagsOf(consoleProducerTool)

  protected readonly tool = consoleProducerTool
}
