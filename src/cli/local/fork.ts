import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../base/clock.js'
import { UserError } from '../../base/user-error.js'
import type { Seat } from '../../local/seat.js'
import { cloneDirectory } from '../../storage/clone-directory.js'
import { systemDisk } from '../../storage/disk.js'
import type { SnapshotInfo } from '../../storage/snapshot-store.js'
import { readSeats, seatDirectory, writeSeats } from './cluster-file.js'
import { ensureBroker } from './ensure.js'
import { type Home, homeOf } from './home.js'
import { propertiesText } from './properties-text.js'
import { configuredPort } from './settings.js'
import { saveSnapshotOf, snapshotsOf } from './snapshots.js'
import { type BrokerState, runningBroker } from './state.js'
import { hasVotersInLog } from './voters-in-log.js'

/** Settings that belong to the place and the sockets of the original. */
const OF_THE_ORIGINAL =
  /^(log\.dirs?|metadata\.log\.dir|(advertised\.)?listeners|(advertised\.)?(host\.name|port)|listener\..*|inter\.broker\.listener\.name|control\.plane\.listener\.name|controller\.(listener\.names|quorum\..*))$/

export interface Fork {
  readonly home: Home
  readonly state: BrokerState
  readonly snapshot: SnapshotInfo
  /** Whether the snapshot was taken for it. */
  readonly isNewSnapshot: boolean
}

/**
 * Starts a broker, or a cluster, of its own on a copy of a snapshot, in a home of its own inside that of the original. Where
 * there is no snapshot of that name, it is taken of the original as it is now. The brokers of a cluster listen from `port` on.
 */
export async function forkBroker(home: Home, name: string, port: number, clock: Clock): Promise<Fork> {
  const directory = join(home.directory, 'forks', `${name}-${port}`)
  const fork = homeOf({ KLOG_HOME: directory })
  const store = snapshotsOf(home)
  const isNewSnapshot = !store.has(name)
  refuseExisting(fork)
  const snapshot = isNewSnapshot ? await saveSnapshotOf(home, name, clock) : store.find(name)
  refuseOwnPorts(home, port, snapshot.brokers?.length ?? 1)
  refuseBoundVoters(snapshot, store.directoriesOf(snapshot))
  const part = `${directory}.part`
  rmSync(part, { recursive: true, force: true })
  mkdirSync(part, { recursive: true, mode: 0o700 })
  const names = dataNames(snapshot)
  store.directoriesOf(snapshot).forEach((copy, at) => {
    cloneDirectory(systemDisk, copy, join(part, names[at]!))
  })
  if (snapshot.brokers !== undefined) writeSeats(homeOf({ KLOG_HOME: part }), seatsFrom(snapshot.brokers, port))
  writeFileSync(join(part, 'server.properties'), propertiesText(settingsOf(snapshot, directory, port)), { mode: 0o600 })
  renameSync(part, directory)
  try {
    const { state } = await ensureBroker(fork, { overrides: [] }, clock)
    return { home: fork, state, snapshot, isNewSnapshot }
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
}

function refuseExisting(fork: Home): void {
  if (!existsSync(fork.directory)) return
  const running = runningBroker(fork)
  const prefix = `KLOG_HOME=${fork.directory} klog broker`
  throw new UserError(
    `there is such a fork already, in ${fork.directory}`,
    running === null
      ? `Start it again: ${prefix} start; or remove that directory.`
      : `It runs on ${running.host}:${running.port}; stop it with: ${prefix} stop`,
  )
}

function settingsOf(snapshot: SnapshotInfo, directory: string, port: number): Map<string, string> {
  const kept = Object.entries(snapshot.settings).filter(([name]) => !OF_THE_ORIGINAL.test(name))
  const own = new Map([...kept, ['listeners', `PLAINTEXT://localhost:${port}`]] as [string, string][])
  if (snapshot.brokers !== undefined) return own
  const paths = dataNames(snapshot).map((name) => join(directory, name))
  own.set('log.dirs', paths.slice(0, snapshot.dataDirectories).join(','))
  if (paths.length > snapshot.dataDirectories) own.set('metadata.log.dir', paths.at(-1)!)
  return own
}

/** Where the copies lie in the fork's home: as a home has them. */
function dataNames({ directories, brokers }: SnapshotInfo): string[] {
  if (brokers === undefined) return directories.map((_, at) => (at === 0 ? 'data' : `data-${at}`))
  const inside = homeOf({ KLOG_HOME: '/' })
  return brokers.map((seat) => seatDirectory(inside, seat).slice(1))
}

/** Voters find one another on ports that are chosen when they start. */
function seatsFrom(brokers: readonly Seat[], port: number): Seat[] {
  return brokers.map(({ id, controllerPort }, at) => {
    return { id, port: port + at, controllerPort: controllerPort === null ? null : 0 }
  })
}

/** A cluster that knows its voters by their ports from its log is that cluster, wherever it is started. */
function refuseBoundVoters({ name, brokers }: SnapshotInfo, copies: readonly string[]): void {
  if (brokers === undefined || !copies.some(hasVotersInLog)) return
  throw new UserError(
    'a cluster whose log says on which ports its voters are (kraft.version 1) cannot have a fork: it would turn to the original',
    `It can be put back where it was: klog snap restore ${name}`,
  )
}

/** The original may not run now; both are to run beside one another. */
function refuseOwnPorts(home: Home, first: number, count: number): void {
  const own = readSeats(home)?.map(({ port }) => port) ?? [runningBroker(home)?.port ?? configuredPort(home)]
  const taken = own.filter((port) => port >= first && port < first + count)
  if (taken.length === 0) return
  throw new UserError(
    `the original listens on ${taken.length === 1 ? 'port' : 'ports'} ${taken.join(', ')}`,
    `Choose another for the fork${count === 1 ? '' : `, which takes ${count} in a row`}, e.g. --port ${Math.max(...own) + 100}`,
  )
}
