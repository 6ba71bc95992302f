import { dumpLogTool } from '../cli/dump-log/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class DumpLog extends ToolCommand {
  static override summary = dumpLogTool.summary
  static override examples = examplesOf(dumpLogTool)
  static override flags = flagsOf(dumpLogTool)

  protected readonly tool = dumpLogTool
}
