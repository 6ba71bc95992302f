import { existsSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Flags } from '@oclif/core'
import { UserError } from '../../base/user-error.js'
import { KlogCommand } from '../../cli/klog-command.js'
import { endBroker } from '../../cli/local/end.js'
import { clearState, readState } from '../../cli/local/state.js'

export default class BrokerReset extends KlogCommand {
  static override summary = 'Stop the local broker and delete all its topics, records and offsets'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --yes',
    'KLOG_HOME=/tmp/tour <%= config.bin %> <%= command.id %> --yes',
  ]

  static override flags = {
    yes: Flags.boolean({ char: 'y', summary: 'do not ask' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(BrokerReset)
    const { dataDirectory } = this.home
    if (!flags.yes && !(await this.agreed(dataDirectory))) return this.log('Nothing was deleted.')
    await this.endIfKnown()
    const existed = existsSync(dataDirectory)
    rmSync(dataDirectory, { recursive: true, force: true })
    this.log(existed ? `Deleted ${dataDirectory}.` : `There was nothing to delete in ${dataDirectory}.`)
  }

  /** A state file that cannot be read must not stand in the way of a fresh start. */
  private async endIfKnown(): Promise<void> {
    try {
      readState(this.home)
    } catch {
      return clearState(this.home)
    }
    await endBroker(this.home, 'SIGTERM', this.clock)
  }

  private async agreed(directory: string): Promise<boolean> {
    if (!process.stdin.isTTY) throw new UserError(`this deletes everything in ${directory}`, 'Say so with --yes.')
    const asking = createInterface({ input: process.stdin, output: process.stderr })
    const answer = await asking.question(`Delete everything in ${directory}? [y/N] `)
    asking.close()
    return /^y(es)?$/i.test(answer.trim())
  }
}
