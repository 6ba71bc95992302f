import { getOffsetsTool } from '../cli/get-offsets/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class GetOffsets extends ToolCommand {
  static override summary = getOffsetsTool.summary
  static override examples = examplesOf(getOffsetsTool)
  static override flags = flagsOf(getOffsetsTool)

  protected readonly tool = getOffsetsTool
}
