import { e2eLatencyTool } from '../cli/e2e-latency/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class E2eLatency extends ToolCommand {
  static override summary = e2eLatencyTool.summary
  static override examples = examplesOf(e2eLatencyTool)
  static override flags = flagsOf(e2eLatencyTool)

  protected readonly tool = e2eLatencyTool
}
