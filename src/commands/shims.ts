import { join, resolve } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { KlogCommand } from '../cli/klog-command.js'
import { pathAdvice } from '../cli/shims/path-advice.js'
import { scripts } from '../cli/shims/scripts.js'
import { removeShims, writeShims } from '../cli/shims/shim-directory.js'
import { tools } from '../cli/tools.js'

export default class Shims extends KlogCommand {
  static override summary = 'Write kafka-topics, kafka-topics.sh and so on, for scripts as they are'
  static override description =
    'Every tool gets a script of its name in Kafka; kafka-server-start and kafka-server-stop start and stop the local broker. Files that klog did not write are left alone.'

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> ~/bin',
    '<%= config.bin %> <%= command.id %> ~/bin --remove',
  ]

  static override args = {
    dir: Args.string({ description: "where to write them; bin in klog's home unless given" }),
  }

  static override flags = { remove: Flags.boolean({ summary: 'take away what was written there' }) }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Shims)
    const directory = resolve(args.dir ?? join(this.home.directory, 'bin'))
    if (flags.remove) {
      this.log(`Removed ${removeShims(directory).length} scripts from ${directory}.`)
      return
    }
    const programs = { node: process.execPath, klog: join(this.config.root, 'bin', 'klog.js') }
    const platform = process.platform === 'win32' ? 'windows' : 'posix'
    const { written, foreign } = writeShims(directory, scripts(Object.keys(tools), programs, platform))
    this.log(`Wrote ${written.length} scripts to ${directory}.`)
    const advice = pathAdvice(directory, process.env)
    if (advice !== null) this.log(`Put them on the PATH:\n  ${advice}`)
    if (foreign.length === 0) return
    this.note(`klog: left alone, because klog did not write them: ${foreign.join(', ')}`)
    this.exit(1)
  }
}
