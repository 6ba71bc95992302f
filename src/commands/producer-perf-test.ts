import { producerPerfTestTool } from '../cli/producer-perf-test/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class ProducerPerfTest extends ToolCommand {
  static override summary = producerPerfTestTool.summary
  static override examples = examplesOf(producerPerfTestTool)
  static override flags = flagsOf(producerPerfTestTool)

  protected readonly tool = producerPerfTestTool
}
