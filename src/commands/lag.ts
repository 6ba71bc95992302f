import { lagTool } from '../cli/lag/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class Lag extends ToolCommand {
  static override summary = lagTool.summary
  static override examples = examplesOf(lagTool)
  static override flags = flagsOf(lagTool)

  protected readonly tool = lagTool
}
