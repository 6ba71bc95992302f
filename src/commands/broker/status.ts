import chalk from 'chalk'
import { formatDuration } from '../../base/duration.js'
import { KlogCommand } from '../../cli/klog-command.js'
import { askLocalBroker } from '../../cli/local/control.js'
import { residentBytes } from '../../cli/local/process.js'
import { runningBroker } from '../../cli/local/state.js'
import { readTime } from '../../control/verbs/read-time.js'

export default class BrokerStatus extends KlogCommand {
  static override summary = 'Say whether the local broker runs, and where; exit code 1 when it does not'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run(): Promise<void> {
    await this.parse(BrokerStatus)
    const state = runningBroker(this.home)
    if (state === null) {
      this.log(`not running (data in ${this.home.dataDirectory})`)
      return this.exit(1)
    }
    const time = state.hasVirtualTime === true ? await askLocalBroker(this.home, this.clock, readTime, {}) : null
    const memory = residentBytes(state.pid)
    const rows: [string, string][] = [
      ['address', `${state.host}:${state.port}`],
      ['pid', String(state.pid)],
      ['broker id', String(state.nodeId)],
      ['cluster id', state.clusterId],
      ['version', state.version],
      ['running for', duration(this.clock.now() - state.startedAtMs)],
      ...(time === null ? [] : [['time', `virtual, ${formatDuration(time.aheadMs)} ahead`] as [string, string]]),
      ...(memory === null ? [] : [['memory', `${Math.round(memory / 1e6)} MB`] as [string, string]]),
      ['data', state.dataDirectories.join(', ')],
      ['log', this.home.logFile],
    ]
    for (const [name, value] of rows) this.log(`${chalk.dim(name.padEnd(12))} ${value}`)
  }
}

function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const parts = [
    [Math.floor(seconds / 86400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  return (first === -1 ? parts.slice(-1) : parts.slice(first, first + 2))
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ')
}
