import { metadataQuorumTool } from '../cli/metadata-quorum/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class MetadataQuorum extends ToolCommand {
  static override summary = metadataQuorumTool.summary
  static override examples = examplesOf(metadataQuorumTool)
  static override flags = flagsOf(metadataQuorumTool)

  protected readonly tool = metadataQuorumTool
}
