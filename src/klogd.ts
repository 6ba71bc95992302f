import { systemClock } from './base/clock.js'
import { type Log, lineLog } from './base/log.js'
import { systemRandom } from './base/random.js'
import { UserError } from './base/user-error.js'
import { BrokerConfig } from './broker/broker-config.js'
import { BrokerLog } from './cli/local/broker-log.js'
import { readSeats } from './cli/local/cluster-file.js'
import { type Home, homeOf } from './cli/local/home.js'
import { processStart } from './cli/local/process.js'
import { DEFAULT_PORT, homeSettings, readSettings } from './cli/local/settings.js'
import { snapshotSource } from './cli/local/snapshots.js'
import { type BrokerState, writeState } from './cli/local/state.js'
import { KAFKA_VERSION, klogVersion } from './cli/version.js'
import type { Controlled, NodeFaultSettings } from './control/controlled.js'
import { type Daemon, startDaemon } from './daemon.js'
import { serveCluster } from './klogd-cluster.js'
import { type Control, endForgotten, endWithParent, report, stopOnSignals, takeControl } from './klogd-process.js'
import { systemDisk } from './storage/disk.js'
import { settleRestore } from './storage/restore.js'

/** Of klog's own log; another one as large is kept beside it. */
const LOG_BYTES_MAX = 10 * 1024 * 1024

const MAKE_ROOM = 'Make room where its data is, or choose another directory with KLOG_HOME.'

const USAGE = `klogd: klog's broker in the foreground, on a file of settings as Kafka's server.properties

Usage: klogd FILE [--override name=value]… [--cluster-id ID] [--virtual-time]

  FILE                    settings by Kafka's names; a data directory that is not formatted is formatted
  --override name=value   one setting, above those of the file
  --cluster-id ID         for a data directory that is formatted now; else one is drawn
  --virtual-time          a clock that klog broker time advance moves

Ctrl-C and SIGTERM stop it in order. Most people never start it by hand: klog's commands do, see klog broker --help.
`

/** How the daemon was called. Where there is a home, it is the local broker of that home and says so in its state file. */
interface Call {
  readonly home: Home | null
  readonly settings: ReadonlyMap<string, string>
  readonly clusterId: string | null
  readonly hasVirtualTime: boolean
  /** Where to listen for whoever started this process, as one broker of its cluster; null for anybody else. */
  readonly control: string | null
  /** What is wrong with it on purpose from the beginning. */
  readonly faults: NodeFaultSettings | null
  readonly noticesHangUps: boolean
  /** How many brokers are to make a cluster; null where that is not said. */
  readonly brokers: number | null
  readonly areProcesses: boolean
  /** As they were, but for the home: what the same start again would be given. */
  readonly startArguments: readonly string[]
  /** Where whoever started this process lets its output go; null where that is nobody of klog's. */
  readonly logFile: string | null
}

/** The broker as a process: settings in, signals heard, and whoever started it told how it went. */
export async function main(args: readonly string[]): Promise<void> {
  if (args.length === 0 || args.includes('--help')) {
    process.stdout.write(USAGE)
    process.exit(args.length === 0 ? 1 : 0)
  }
  if (args.includes('--version')) {
    process.stdout.write(`${KAFKA_VERSION} (klog ${klogVersion()})\n`)
    process.exit(0)
  }
  const output = new BrokerLog({ clock: systemClock })
  const log = lineLog((line) => output.write(line), systemClock)
  try {
    const call = readCall(args)
    if (call.logFile !== null) output.keep(call.logFile, LOG_BYTES_MAX)
    await serve(call, log)
  } catch (error) {
    fail(error, log)
  }
}

async function serve(call: Call, log: Log): Promise<void> {
  const { home } = call
  if (home === null) return serveBroker(call, log)
  // Records may be anything, so that nobody else is to read them.
  process.umask(0o077)
  // A restore that was interrupted comes to its end before anybody looks at the data.
  await settleRestore(systemDisk, home.restoreJournal)
  if (!(await serveCluster({ ...call, home }, log))) await serveBroker(call, log)
}

async function serveBroker(call: Call, log: Log): Promise<void> {
  const { settings, clusterId, hasVirtualTime, home, faults, noticesHangUps } = call
  const common = { clock: systemClock, random: systemRandom, log, onFailure: (error: Error) => halt(error, log) }
  if (call.control !== null) endWithParent()
  const daemon = await startDaemon({
    ...{ settings, clusterId, hasVirtualTime, noticesHangUps, ...common },
    ...(faults && { faults }),
  })
  const at = call.control ?? home
  const control = at === null ? null : await takeControl(at, controlledOf(call, daemon, log), log)
  const stop = stopOnSignals({ home, control, log, close: () => daemon.close() })
  announce(call, daemon, control)
  if (home !== null) endForgotten(home, daemon.dataDirectories, log, stop)
  log.info(`Kafka Server started: klog ${klogVersion()} on ${daemon.host}:${daemon.port}, broker ${daemon.nodeId}`)
}

function controlledOf({ home, settings }: Call, daemon: Daemon, log: Log): Controlled {
  const { controlled, clusterId, nodeId, dataDirectories } = daemon
  if (home === null) return controlled
  const facts = {
    ...{ version: klogVersion(), clusterId, nodeId, settings: Object.fromEntries(settings) },
    directories: controlled.directories.map(({ path }) => path),
    dataDirectories: dataDirectories.length,
  }
  const snapshots = snapshotSource(
    home,
    () => facts,
    () => controlled.directories,
    log,
  )
  return { ...controlled, snapshots }
}

function announce(call: Call, daemon: Daemon, control: Control | null): void {
  const state: BrokerState = {
    version: klogVersion(),
    pid: process.pid,
    processStart: processStart(process.pid),
    host: daemon.host,
    port: daemon.port,
    nodeId: daemon.nodeId,
    clusterId: daemon.clusterId,
    dataDirectories: daemon.dataDirectories,
    startedAtMs: systemClock.now(),
    control: control?.address ?? null,
    hasVirtualTime: call.hasVirtualTime,
    startArguments: call.startArguments,
  }
  if (call.home !== null) writeState(call.home, state, systemDisk)
  report({ type: 'serving', state })
}

/** As Kafka: without the disk that the metadata is on, nothing is in order any more, nor can it be ended so. */
function halt({ message }: Error, log: Log): never {
  log.error(`The disk under the broker's metadata has failed, the broker stops: ${message}`)
  process.exit(1)
}

function readCall(args: readonly string[]): Call {
  const overrides = new Map<string, string>()
  let file: string | null = null
  let home: Home | null = null
  let port: string | null = null
  let clusterId: string | null = null
  let hasVirtualTime = false
  let control: string | null = null
  let faults: NodeFaultSettings | null = null
  let noticesHangUps = false
  let brokers: number | null = null
  let areProcesses = false
  let logFile: string | null = null
  for (let at = 0; at < args.length; at++) {
    const name = args[at]!
    const value = (): string => {
      if (at + 1 === args.length) throw new UserError(`${name} needs a value`, 'See klogd --help.')
      return args[++at]!
    }
    if (name === '--override') overrides.set(...override(value()))
    else if (name === '--cluster-id') clusterId = value()
    else if (name === '--virtual-time') hasVirtualTime = true
    else if (name === '--control') control = value()
    else if (name === '--faults') faults = JSON.parse(value())
    else if (name === '--notice-hang-ups') noticesHangUps = true
    else if (name === '--brokers') brokers = Number(value())
    else if (name === '--processes') areProcesses = true
    else if (name === '--log-file') logFile = value()
    else if (name === '--home') home = homeOf({ KLOG_HOME: value() })
    else if (name === '--port') port = value()
    else if (name === '--config') file = value()
    else if (name.startsWith('-')) throw new UserError(`${name} is not an option of klogd`, 'See klogd --help.')
    else if (file === null) file = name
    else throw new UserError(`one file of settings is enough: ${file}, ${name}`, 'See klogd --help.')
  }
  const settings = new Map([
    ...(home === null ? [] : localSettings(home, port)),
    ...(file === null ? [] : readSettings(file)),
    ...(port === null ? [] : ([['listeners', listenerOn(port)]] as const)),
    ...overrides,
  ])
  const ofCluster = { control, faults, noticesHangUps, brokers, areProcesses }
  return { home, settings, clusterId, hasVirtualTime, ...ofCluster, logFile, startArguments: repeatable(args) }
}

/** Without what every start says itself. */
function repeatable(args: readonly string[]): string[] {
  const own = ['--home', '--log-file']
  return args.filter((arg, at) => !own.includes(arg) && !own.includes(args[at - 1]!))
}

/** Where a person gives nothing: loopback only, a cluster where it was, data in klog's home, and what that home's own file says. */
function localSettings(home: Home, port: string | null): Map<string, string> {
  const own = homeSettings(home)
  const listener = listenerOn(port ?? String(readSeats(home)?.[0]?.port ?? DEFAULT_PORT))
  return new Map([['listeners', listener], ['log.dirs', home.dataDirectory], ...own])
}

function listenerOn(port: string): string {
  return `PLAINTEXT://localhost:${port}`
}

function override(text: string): [string, string] {
  const equals = text.indexOf('=')
  if (equals < 1) throw new UserError(`--override ${text} is not name=value`, 'E.g. --override num.partitions=3')
  const name = text.slice(0, equals).trim()
  if (!BrokerConfig.isKnown(name)) {
    throw new UserError(
      `Kafka knows no broker setting ${name}`,
      'Look up its name in the broker settings of Apache Kafka.',
    )
  }
  return [name, text.slice(equals + 1)]
}

function fail(thrown: unknown, log: Log): never {
  const error = isDiskFull(thrown) ? new UserError(`the disk is full: ${thrown.message}`, MAKE_ROOM) : thrown
  const isMistake = error instanceof UserError
  const message = error instanceof Error ? error.message : String(error)
  const nextStep = isMistake ? error.nextStep : null
  log.error(isMistake ? [message, nextStep].filter(Boolean).join(' — ') : String((error as Error).stack ?? message))
  const reason = message.startsWith('Failed to acquire lock') ? 'taken' : 'other'
  report({ type: 'failed', reason, message, nextStep })
  if (!process.connected) process.stderr.write(`klogd: ${message}${nextStep === null ? '' : `\n  ${nextStep}`}\n`)
  process.exit(1)
}

function isDiskFull(error: unknown): error is Error {
  return error instanceof Error && ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')
}
