import { Flags } from '@oclif/core'
import chalk from 'chalk'
import { formatDuration } from '../../base/duration.js'
import { DATA_FORMATS, type DataFormat } from '../../cli/data/output-option.js'
import { printData } from '../../cli/data/print-data.js'
import { boolean, number, numbers, orNull, type RowIn, rows, shape, text, texts } from '../../cli/data/shape.js'
import { KlogCommand } from '../../cli/klog-command.js'
import { askLocalBroker } from '../../cli/local/control.js'
import { membersTable, quorumLine } from '../../cli/local/members-table.js'
import { residentBytes } from '../../cli/local/process.js'
import { type BrokerState, bootstrapServersOf, runningBroker } from '../../cli/local/state.js'
import { ProcessIo } from '../../cli/process-io.js'
import type { ClusterMember, ClusterStatus } from '../../control/controlled-cluster.js'
import { readCluster } from '../../control/verbs/read-cluster.js'
import { readTime, type TimeReport } from '../../control/verbs/read-time.js'

const BROKER_STATUS = shape(
  '',
  {
    isRunning: boolean('the local broker runs; without it the others are null'),
    host: orNull(text('where it listens')),
    port: orNull(number('where it listens')),
    pid: orNull(number('of its process')),
    brokerId: orNull(number('its id in the cluster')),
    clusterId: orNull(text('of the cluster')),
    version: orNull(text('of klog')),
    startedAtMs: orNull(number('milliseconds since 1970')),
    dataDirectories: texts('where the records are'),
    timeAheadMs: orNull(number('by how much its clock is ahead; null where it cannot be moved')),
    controllerId: orNull(number('of a cluster, the broker that leads the metadata quorum; null where there is none')),
    hasQuorum: orNull(boolean('of a cluster, whether so many voters reach one another that they can elect')),
    brokers: rows('of a cluster, each broker; a single one has none', {
      id: number('its id'),
      address: text('where its clients come'),
      state: text('starting, running, paused, stopped, killed or failed'),
      reason: orNull(text('why, where nobody has asked for that')),
      role: text('leader, voter or observer of the metadata quorum'),
      processId: orNull(number('of its process; null while it does not run')),
      lagMs: number('how late its fetches as a follower are'),
      cutFrom: numbers('brokers that it does not reach, and that do not reach it'),
      directory: text('where its records are'),
    }),
  },
  { isSingle: true, columns: ['isRunning', 'host', 'port', 'pid', 'brokerId', 'version'] },
)
/** As a table a cluster has a line for each broker. */
const CLUSTER_STATUS: typeof BROKER_STATUS = {
  ...BROKER_STATUS,
  table: { columns: ['id', 'address', 'state', 'role', 'processId', 'lagMs', 'cutFrom'], expands: 'brokers' },
}
type StatusRow = RowIn<typeof BROKER_STATUS>

export default class BrokerStatus extends KlogCommand {
  static override summary = 'Say whether the local broker runs, and where; exit code 1 when it does not'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --output json',
    '<%= config.bin %> <%= command.id %> --output json | jq -r .dataDirectories[]',
  ]

  static override flags = { output: Flags.option({ summary: 'print it as data', options: DATA_FORMATS })() }
  static override data = [BROKER_STATUS]

  async run(): Promise<void> {
    const { flags } = await this.parse(BrokerStatus)
    const state = runningBroker(this.home)
    if (flags.output === undefined && state === null) {
      this.log(`not running (data in ${this.home.dataDirectory})`)
      return this.exit(1)
    }
    const time = state?.hasVirtualTime === true ? await askLocalBroker(this.home, this.clock, readTime, {}) : null
    const cluster = state?.brokers === undefined ? null : await askLocalBroker(this.home, this.clock, readCluster, {})
    if (flags.output !== undefined || state === null) {
      return await this.printAsData(flags.output ?? 'json', state, time, cluster)
    }
    const memory = memoryOf(state)
    const rows: [string, string][] = [
      ['address', bootstrapServersOf(state)],
      ['pid', String(state.pid)],
      ...(cluster === null ? [['broker id', String(state.nodeId)] as [string, string]] : []),
      ...(cluster === null ? [] : [['quorum', quorumLine(cluster)] as [string, string]]),
      ['cluster id', state.clusterId],
      ['version', state.version],
      ['running for', duration(this.clock.now() - state.startedAtMs)],
      ...(time === null ? [] : [['time', `virtual, ${formatDuration(time.aheadMs)} ahead`] as [string, string]]),
      ...(memory === null ? [] : [['memory', `${Math.round(memory / 1e6)} MB`] as [string, string]]),
      ['data', cluster === null ? state.dataDirectories.join(', ') : this.home.dataDirectory],
      ['log', this.home.logFile],
    ]
    for (const [name, value] of rows) this.log(`${chalk.bold(name.padEnd(12))} ${value}`)
    if (cluster === null) return
    const { isTTY, columns } = process.stdout
    this.log(`\n${membersTable(cluster, isTTY ? columns : null)}`)
  }

  private async printAsData(
    format: DataFormat,
    state: BrokerState | null,
    time: TimeReport | null,
    cluster: ClusterStatus | null,
  ): Promise<void> {
    const io = new ProcessIo()
    const row: StatusRow = {
      isRunning: state !== null,
      host: state?.host ?? null,
      port: state?.port ?? null,
      pid: state?.pid ?? null,
      brokerId: state?.nodeId ?? null,
      clusterId: state?.clusterId ?? null,
      version: state?.version ?? null,
      startedAtMs: state?.startedAtMs ?? null,
      dataDirectories: state?.dataDirectories ?? [],
      timeAheadMs: time?.aheadMs ?? null,
      controllerId: cluster?.leaderId ?? null,
      hasQuorum: cluster?.hasQuorum ?? null,
      brokers: cluster?.members.map((member) => brokerRow(member, cluster)) ?? [],
    }
    await printData(io, format, cluster === null ? BROKER_STATUS : CLUSTER_STATUS, [row])
    await io.flushed()
    if (state === null) this.exit(1)
  }
}

function brokerRow(member: ClusterMember, { leaderId }: ClusterStatus): StatusRow['brokers'][number] {
  const { id, host, port, standing, reason, isVoter, pid, faults, directory } = member
  return {
    ...{ id, address: `${host}:${port}`, state: standing, reason, processId: pid, directory },
    role: id === leaderId ? 'leader' : isVoter ? 'voter' : 'observer',
    ...{ lagMs: faults.lagMs, cutFrom: faults.cutFrom },
  }
}

/** Of all processes, as far as the system tells. */
function memoryOf({ pid, brokers = [] }: BrokerState): number | null {
  const pids = new Set([pid, ...brokers.flatMap((broker) => broker.pid ?? [])])
  const bytes = [...pids].flatMap((one) => residentBytes(one) ?? [])
  return bytes.length === 0 ? null : bytes.reduce((sum, one) => sum + one, 0)
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
