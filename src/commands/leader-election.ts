import { leaderElectionTool } from '../cli/leader-election/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class LeaderElection extends ToolCommand {
  static override summary = leaderElectionTool.summary
  static override examples = examplesOf(leaderElectionTool)
  static override flags = flagsOf(leaderElectionTool)

  protected readonly tool = leaderElectionTool
}
