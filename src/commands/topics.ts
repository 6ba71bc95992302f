import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'
import { topicsTool } from '../cli/topics/tool.js'

export default class Topics extends ToolCommand {
  static override summary = topicsTool.summary
  static override examples = examplesOf(topicsTool)
  static override flags = flagsOf(topicsTool)

  protected readonly tool = topicsTool
}
