import { deleteRecordsTool } from '../cli/delete-records/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class DeleteRecords extends ToolCommand {
  static override summary = deleteRecordsTool.summary
  static override examples = examplesOf(deleteRecordsTool)
  static override flags = flagsOf(deleteRecordsTool)

  protected readonly tool = deleteRecordsTool
}
