import { createReadStream, existsSync, statSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Flags } from '@oclif/core'
import { UserError } from '../../base/user-error.js'
import { KlogCommand } from '../../cli/klog-command.js'

const LOOK_AGAIN_MS = 200

export default class BrokerLogs extends KlogCommand {
  static override summary = "Print the local broker's own log"
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --follow',
    '<%= config.bin %> <%= command.id %> | grep ERROR',
  ]

  static override flags = {
    follow: Flags.boolean({ char: 'f', summary: 'go on printing what is written from now on' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(BrokerLogs)
    if (!existsSync(this.home.logFile)) {
      throw new UserError(`there is no log yet: ${this.home.logFile}`, 'Start the broker: klog broker start')
    }
    let printed = await this.print(0)
    while (flags.follow) {
      await new Promise<void>((done) => this.clock.after(LOOK_AGAIN_MS, done))
      printed = await this.print(printed)
    }
  }

  /** Prints from byte `start` to the end that the file has now, and returns that end. */
  private async print(start: number): Promise<number> {
    const { size } = statSync(this.home.logFile)
    // A shorter file is a new one: the old was taken away by a reset.
    const from = size < start ? 0 : start
    if (size > from) {
      await pipeline(createReadStream(this.home.logFile, { start: from, end: size - 1 }), process.stdout, {
        end: false,
      })
    }
    return size
  }
}
