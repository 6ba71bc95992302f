import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { Flags } from '@oclif/core'
import { UserError } from '../../base/user-error.js'
import { KlogCommand } from '../../cli/klog-command.js'
import { aimAt } from '../../cli/local/aim.js'
import { brokerArgument } from '../../cli/local/broker-argument.js'
import { askLocalBroker } from '../../cli/local/control.js'
import { ensureBroker } from '../../cli/local/ensure.js'
import { daemonArguments, daemonProgram, type StartOptions } from '../../cli/local/spawn.js'
import { type BrokerState, bootstrapServersOf, runningBroker } from '../../cli/local/state.js'
import { startBroker } from '../../control/verbs/start-broker.js'

const BROKERS_MAX = 9

export default class BrokerStart extends KlogCommand {
  static override summary = 'Start the local broker and return when it serves'
  static override description =
    'Every other command starts it by itself; this one is for settings of your own. Broker settings carry the names and defaults of Kafka. With an id it brings back one broker of a cluster.'

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --port 9192 --override num.partitions=3',
    '<%= config.bin %> <%= command.id %> --brokers 3',
    '<%= config.bin %> <%= command.id %> 1',
    '<%= config.bin %> <%= command.id %> --config server.properties --foreground',
  ]

  static override args = { broker: brokerArgument }

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
    brokers: Flags.integer({
      summary: 'how many make a cluster, on ports one after the other; later starts begin as many again',
      helpValue: 'N',
      min: 1,
      max: BROKERS_MAX,
    }),
    processes: Flags.boolean({ summary: 'give each broker of a cluster a process of its own' }),
    foreground: Flags.boolean({ summary: 'stay, with the log on stdout; Ctrl-C stops the broker' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(BrokerStart)
    if (args.broker !== undefined) return this.bringBack(args.broker)
    const options: StartOptions = {
      ...(flags.config === undefined ? {} : { configFile: flags.config }),
      ...(flags.port === undefined ? {} : { port: flags.port }),
      overrides: flags.override,
      hasVirtualTime: flags['virtual-time'],
      ...(flags.brokers === undefined ? {} : { brokers: flags.brokers }),
      areProcesses: flags.processes,
    }
    if (flags.foreground) return this.stay(options)
    const { state, started } = await ensureBroker(this.home, options, this.clock)
    if (!started && flags['virtual-time'] && state.hasVirtualTime !== true) {
      throw new UserError(
        `the broker already runs (pid ${state.pid}), and has no virtual time`,
        'Start it again: klog broker stop && klog broker start --virtual-time',
      )
    }
    if (!started) this.refuseOthers(state, flags.brokers)
    if (state.brokers !== undefined) {
      const count = `${state.brokers.length} brokers ${started ? 'serve' : 'already run'}`
      const [directory = ''] = state.dataDirectories.map((path) => dirname(path))
      return this.log(`${count} on ${bootstrapServersOf(state)} (pid ${state.pid}, data in ${directory})`)
    }
    const where = `${state.host}:${state.port} (pid ${state.pid}, data in ${state.dataDirectories.join(', ')})`
    this.log(started ? `The broker serves on ${where}` : `The broker already runs on ${where}`)
  }

  private async bringBack(id: number): Promise<void> {
    if (aimAt(this.home, id) === 'the only one') return this.log(`Broker ${id} already runs.`)
    const { host, port, standing } = await askLocalBroker(this.home, this.clock, startBroker, { id })
    if (standing === 'running') return this.log(`Broker ${id} serves on ${host}:${port}.`)
    this.log(`Broker ${id} is up and waits for a quorum: too few of the voters run. See klog broker status.`)
  }

  private refuseOthers({ pid, brokers }: BrokerState, asked: number | undefined): void {
    const count = brokers?.length ?? 1
    if (asked === undefined || asked === count) return
    throw new UserError(
      `${count === 1 ? 'a single broker' : `a cluster of ${count} brokers`} already runs (pid ${pid})`,
      count === 1
        ? 'Another number has data of its own: klog broker reset, or another KLOG_HOME.'
        : 'One more: klog broker add; another number has data of its own: klog broker reset, or another KLOG_HOME.',
    )
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
