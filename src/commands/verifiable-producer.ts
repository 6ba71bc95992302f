import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'
import { verifiableProducerTool } from '../cli/verifiable-producer/tool.js'

export default class VerifiableProducer extends ToolCommand {
  static override summary = verifiableProducerTool.summary
  static override examples = examplesOf(verifiableProducerTool)
  static override flags = flagsOf(verifiableProducerTool)

  protected readonly tool = verifiableProducerTool
}
