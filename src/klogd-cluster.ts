import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from './base/clock.js'
import type { Log } from './base/log.js'
import { systemRandom } from './base/random.js'
import { taggedLog } from './base/tagged-log.js'
import { UserError } from './base/user-error.js'
import { VirtualClock } from './base/virtual-clock.js'
import { BrokerMemory } from './broker/broker-memory.js'
import { randomUuid } from './bytes/uuid.js'
import { BrokerProcess, type BrokerProcessOptions } from './cli/local/broker-process.js'
import { forgetSeats, readSeats, seatDirectory } from './cli/local/cluster-file.js'
import { clusterIdOf, oneMoreSeat, seatsToStart } from './cli/local/cluster-seats.js'
import { controlAddress } from './cli/local/control-address.js'
import type { Home } from './cli/local/home.js'
import { processStart } from './cli/local/process.js'
import { propertiesText } from './cli/local/properties-text.js'
import { DEFAULT_PORT } from './cli/local/settings.js'
import { snapshotSource } from './cli/local/snapshots.js'
import { type BrokerState, writeState } from './cli/local/state.js'
import { klogVersion } from './cli/version.js'
import type { Controlled, SnapshotSource } from './control/controlled.js'
import { descriptorShares } from './descriptors.js'
import { type InProcessRun, runInProcess } from './in-process-run.js'
import { type Control, endForgotten, report, stopOnSignals, takeControl } from './klogd-process.js'
import type { BrokerRun } from './local/broker-run.js'
import { LocalCluster } from './local/local-cluster.js'
import { noticesHangUps, type Seat, seatSettings } from './local/seat.js'
import { freePortFrom } from './net/free-port.js'
import type { SnapshotPart } from './storage/directory-snapshot.js'
import { systemDisk } from './storage/disk.js'

const HOST = 'localhost'

export interface ClusterCall {
  readonly home: Home
  readonly settings: ReadonlyMap<string, string>
  readonly clusterId: string | null
  readonly hasVirtualTime: boolean
  /** How many brokers were asked for; null for as many as there are. */
  readonly brokers: number | null
  readonly areProcesses: boolean
  readonly startArguments: readonly string[]
}

/** Settings that say where a broker is: in a cluster each has its own. */
const OF_A_PLACE =
  /^(broker\.id|log\.dir|metadata\.log\.dir|advertised\.listeners|listener\.security\.protocol\.map|inter\.broker\.listener\.name|controller\.quorum\.bootstrap\.servers)$/

/**
 * Several brokers behind one daemon, each in this process or in one of its own. False where the home is that of a single broker.
 * @throws UserError where the data is that of another number of brokers, and where one cannot start
 */
export async function serveCluster(call: ClusterCall, log: Log): Promise<boolean> {
  const { home } = call
  const wasThere = readSeats(home) !== null
  const seats = await seatsToStart(home, call.brokers, portOf(call.settings), freePortFrom)
  if (seats === null) return false
  if (call.hasVirtualTime && call.areProcesses) {
    if (!wasThere) forgetSeats(home)
    throw new UserError('brokers in processes of their own have no clock in common', 'Start them without --processes.')
  }
  const time = call.hasVirtualTime ? new VirtualClock(systemClock) : null
  const startedAtMs = systemClock.now()
  const runs = new Map<number, InProcessRun>()
  let announced: Control | null | undefined
  const cluster: LocalCluster = await openCluster(call, seats, log, runs, time, () => {
    if (announced !== undefined) writeState(home, stateOf(call, cluster, announced, startedAtMs), systemDisk)
  }).catch((error) => {
    if (!wasThere) forgetSeats(home)
    throw error
  })
  const control = await takeControl(home, controlledOf(call, cluster, runs, time, log), log)
  const stop = stopOnSignals({ home, control, log, close: () => cluster.close() })
  announced = control
  const state = stateOf(call, cluster, control, startedAtMs)
  writeState(home, state, systemDisk)
  endForgotten(home, state.dataDirectories, log, stop)
  report({ type: 'serving', state })
  log.info(`Kafka Server started: klog ${klogVersion()}, ${seats.length} brokers on ${cluster.bootstrapServers}`)
  return true
}

function openCluster(
  call: ClusterCall,
  seats: readonly Seat[],
  log: Log,
  runs: Map<number, InProcessRun>,
  sharedTime: VirtualClock | null,
  onChange: () => void,
): Promise<LocalCluster> {
  const { home, areProcesses } = call
  const clusterId = call.clusterId ?? clusterIdOf(home, seats) ?? randomUuid(systemRandom)
  const common = {
    ...{ clusterId, clock: systemClock, random: systemRandom },
    noticesHangUps: noticesHangUps(call.settings),
  }
  const memory = new BrokerMemory(descriptorShares(seats.length))
  return LocalCluster.open({
    ...{ host: HOST, seats, clock: systemClock, log, onChange },
    directoryOf: (seat) => seatDirectory(home, seat),
    makeSeat: () => oneMoreSeat(home, readSeats(home) ?? seats, freePortFrom),
    run: (seat, faults): BrokerRun => {
      const settings = settingsFor(call, seat)
      if (areProcesses) return startProcess(home, seat, settings, { ...common, faults })
      const run = runInProcess({
        ...{ ...common, sharedTime, settings, faults, memory },
        log: taggedLog(log, `[broker ${seat.id}]`),
      })
      runs.set(seat.id, run)
      return run
    },
  })
}

function startProcess(
  home: Home,
  { id }: Seat,
  settings: ReadonlyMap<string, string>,
  options: Pick<BrokerProcessOptions, 'clusterId' | 'faults' | 'noticesHangUps' | 'clock'>,
): BrokerProcess {
  const directory = join(home.directory, 'run')
  const settingsFile = join(directory, `broker-${id}.properties`)
  mkdirSync(directory, { recursive: true })
  writeFileSync(settingsFile, propertiesText(settings))
  const control = controlAddress(home, `broker-${id}`)
  return new BrokerProcess({ ...options, settingsFile, control, logFile: home.logFile })
}

/** What people set holds for each broker, but for where it is. */
function settingsFor({ home, settings }: ClusterCall, seat: Seat): Map<string, string> {
  const own = [...settings].filter(([name]) => !OF_A_PLACE.test(name))
  const { habits, place } = seatSettings(seat, readSeats(home) ?? [seat], HOST, seatDirectory(home, seat))
  return new Map([...habits, ...own, ...place])
}

function controlledOf(
  call: ClusterCall,
  cluster: LocalCluster,
  runs: ReadonlyMap<number, InProcessRun>,
  time: VirtualClock | null,
  log: Log,
): Controlled {
  const snapshots = call.areProcesses ? null : snapshotsOf(call, cluster, runs, log)
  return { ...{ time, snapshots, node: null, housekeeping: null, cluster, directories: [] }, logs: () => [] }
}

/** All brokers at one moment: nothing else happens in this process meanwhile. Of one that does not run, what lies there. */
function snapshotsOf(
  { home, settings }: ClusterCall,
  cluster: LocalCluster,
  runs: ReadonlyMap<number, InProcessRun>,
  log: Log,
): SnapshotSource {
  const facts = () => {
    const starting = cluster.brokers.find(({ standing }) => standing === 'starting')
    if (starting !== undefined) throw new UserError(`broker ${starting.id} is just starting`, 'Try again in a moment.')
    const seats = cluster.brokers.map(({ seat }) => seat)
    return {
      ...{ version: klogVersion(), clusterId: cluster.clusterId ?? '', nodeId: seats[0]!.id },
      settings: Object.fromEntries(settings),
      directories: seats.map((seat) => seatDirectory(home, seat)),
      dataDirectories: seats.length,
      brokers: seats,
    }
  }
  const parts = () =>
    cluster.brokers.map(({ id, seat }): SnapshotPart => {
      return runs.get(id)?.daemon?.controlled.directories[0] ?? seatDirectory(home, seat)
    })
  return snapshotSource(home, facts, parts, log)
}

function stateOf(call: ClusterCall, cluster: LocalCluster, control: Control | null, startedAtMs: number): BrokerState {
  const brokers = cluster.members
  return {
    version: klogVersion(),
    pid: process.pid,
    processStart: processStart(process.pid),
    host: HOST,
    port: brokers[0]!.port,
    nodeId: brokers[0]!.id,
    clusterId: cluster.clusterId ?? '',
    dataDirectories: brokers.map(({ directory }) => directory),
    startedAtMs,
    control: control?.address ?? null,
    hasVirtualTime: call.hasVirtualTime,
    startArguments: call.startArguments,
    brokers: brokers.map(({ id, host, port, pid }, at) => ({
      ...{ id, host, port, pid },
      controllerPort: cluster.brokers[at]!.seat.controllerPort,
      processStart: pid === null ? null : processStart(pid),
    })),
  }
}

/** Where the first broker is to listen for clients. */
function portOf(settings: ReadonlyMap<string, string>): number {
  const listener = settings.get('listeners')?.split(',')[0] ?? ''
  const port = Number(listener.slice(listener.lastIndexOf(':') + 1))
  return Number.isSafeInteger(port) && port > 0 ? port : DEFAULT_PORT
}
