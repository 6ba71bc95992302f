import { featuresTool } from '../cli/features/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class Features extends ToolCommand {
  static override summary = featuresTool.summary
  static override examples = examplesOf(featuresTool)
  static override flags = flagsOf(featuresTool)

  protected readonly tool = featuresTool
}
