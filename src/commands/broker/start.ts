import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Flags } from '@oclif/core'
import { UserError } from '../../base/user-error.js'
import { KlogCommand } from '../../cli/klog-command.js'
import { ensureBroker } from '../../cli/local/ensure.js'
import { daemonArguments, daemonProgram, type StartOptions } from '../../cli/local/spawn.js'
import { runningBroker } from '../../cli/local/state.js'

export default class BrokerStart extends KlogCommand {
  static override summary = 'Start the local broker and return when it serves'
  static override description =
    'Every other command starts it by itself; this one is for settings of your own. Broker settings carry the names and defaults of Kafka.'

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --port 9192 --override num.partitions=3',
    '<%= config.bin %> <%= command.id %> --config server.properties --foreground',
  ]

  static override flags = {
    config: Flags.string({ summary: "a file of settings, as Kafka's server.properties", helpValue: 'FILE' }),
    override: Flags.string({
      summary: 'one setting, above those of the file',
      helpValue: 'name=value',
      multiple: true,
      default: [],
    }),
    port: Flags.integer({ summary: 'where it listens on localhost', helpValue: 'N', min: 1, max: 65535 }),
    'virtual-time': Flags.boolean({
      summary:
        'give it a clock that can be moved ahead: klog broker time advance 8d; the next start begins at the real time',
    }),
    foreground: Flags.boolean({ summary: 'stay, with the log on stdout; Ctrl-C stops the broker' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(BrokerStart)
    const options: StartOptions = {
      ...(flags.config === undefined ? {} : { configFile: flags.config }),
      ...(flags.port === undefined ? {} : { port: flags.port }),
      overrides: flags.override,
      hasVirtualTime: flags['virtual-time'],
    }
    if (flags.foreground) return this.stay(options)
    const { state, started } = await ensureBroker(this.home, options, this.clock)
    if (!started && flags['virtual-time'] && state.hasVirtualTime !== true) {
      throw new UserError(
        `the broker already runs (pid ${state.pid}), and has no virtual time`,
        'Start it again: klog broker stop && klog broker start --virtual-time',
      )
    }
    const where = `${state.host}:${state.port} (pid ${state.pid}, data in ${state.dataDirectories.join(', ')})`
    this.log(started ? `The broker serves on ${where}` : `The broker already runs on ${where}`)
  }

  private async stay(options: StartOptions): Promise<void> {
    const running = runningBroker(this.home)
    if (running !== null) {
      throw new UserError(`the broker already runs (pid ${running.pid})`, 'Stop it first: klog broker stop')
    }
    const args = [daemonProgram(), '--home', this.home.directory, ...daemonArguments(options)]
    const child = spawn(process.execPath, args, { stdio: 'inherit' })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    this.exit(code ?? (signal === 'SIGINT' ? 130 : 143))
  }
}
