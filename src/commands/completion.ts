import { completionTool } from '../cli/completion/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class Completion extends ToolCommand {
  static override summary = completionTool.summary
  static override examples = examplesOf(completionTool)
  static override flags = flagsOf(completionTool)

  protected readonly tool = completionTool
}
