import { clusterTool } from '../cli/cluster/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class Cluster extends ToolCommand {
  static override summary = clusterTool.summary
  static override examples = examplesOf(clusterTool)
  static override flags = flagsOf(clusterTool)

  protected readonly tool = clusterTool
}
