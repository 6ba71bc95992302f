import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'
import { verifiableConsumerTool } from '../cli/verifiable-consumer/tool.js'

export default class VerifiableConsumer extends ToolCommand {
  static override summary = verifiableConsumerTool.summary
  static override examples = examplesOf(verifiableConsumerTool)
  static override flags = flagsOf(verifiableConsumerTool)

  protected readonly tool = verifiableConsumerTool
}
