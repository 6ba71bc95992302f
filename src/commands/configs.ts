import { configsTool } from '../cli/configs/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class Configs extends ToolCommand {
  static override summary = configsTool.summary
  static override examples = examplesOf(configsTool)
  static override flags = flagsOf(configsTool)

  protected readonly tool = configsTool
}
