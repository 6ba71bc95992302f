import { logDirsTool } from '../cli/log-dirs/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class LogDirs extends ToolCommand {
  static override summary = logDirsTool.summary
  static override examples = examplesOf(logDirsTool)
  static override flags = flagsOf(logDirsTool)

  protected readonly tool = logDirsTool
}
