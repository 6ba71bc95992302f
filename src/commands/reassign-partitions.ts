import { reassignPartitionsTool } from '../cli/reassign-partitions/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class ReassignPartitions extends ToolCommand {
  static override summary = reassignPartitionsTool.summary
  static override examples = examplesOf(reassignPartitionsTool)
  static override flags = flagsOf(reassignPartitionsTool)

  protected readonly tool = reassignPartitionsTool
}
