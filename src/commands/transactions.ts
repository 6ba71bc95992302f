import { examplesOf, flagsOf, ToolCommand } from '../cli/tool-command.js'
import { transactionsTool } from '../cli/transactions/tool.js'

export default class Transactions extends ToolCommand {
  static override summary = transactionsTool.summary
  static override examples = examplesOf(transactionsTool)
  static override flags = flagsOf(transactionsTool)

  protected readonly tool = transactionsTool
}
