import { storageTool } from '../cli/storage/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class Storage extends ToolCommand {
  static override summary = storageTool.summary
  static override examples = examplesOf(storageTool)
  static override flags = flagsOf(storageTool)

  protected readonly tool = storageTool
}
