import { catTool } from '../cli/cat/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class Cat extends ToolCommand {
  static override summary = catTool.summary
  static override examples = examplesOf(catTool)
  static override flags = flagsOf(catTool)

  protected readonly tool = catTool
}
