import { groupsTool } from '../cli/groups/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class Groups extends ToolCommand {
  static override summary = groupsTool.summary
  static override examples = examplesOf(groupsTool)
  static override flags = flagsOf(groupsTool)

  protected readonly tool = groupsTool
}
