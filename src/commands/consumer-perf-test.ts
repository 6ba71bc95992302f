import { consumerPerfTestTool } from '../cli/consumer-perf-test/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class ConsumerPerfTest extends ToolCommand {
  static override summary = consumerPerfTestTool.summary
  static override examples = examplesOf(consumerPerfTestTool)
  static override flags = flagsOf(consumerPerfTestTool)

  protected readonly tool = consumerPerfTestTool
}
