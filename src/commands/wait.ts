import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'
import { waitTool } from '../cli/wait/tool.js'

export default class Wait extends ToolCommand {
  static override summary = waitTool.summary
  static override examples = examplesOf(waitTool)
  static override flags = flagsOf(waitTool)

  protected readonly tool = waitTool
}
