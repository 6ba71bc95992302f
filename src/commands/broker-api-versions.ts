import { brokerApiVersionsTool } from '../cli/broker-api-versions/tool.js'
import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'

export default class BrokerApiVersions extends ToolCommand {
  static override summary = brokerApiVersionsTool.summary
  static override examples = examplesOf(brokerApiVersionsTool)
  static override flags = flagsOf(brokerApiVersionsTool)

  protected readonly tool = brokerApiVersionsTool
}
