import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../base/clock.js'
import { UserError } from '../../base/user-error.js'
import { saveSnapshot } from '../../control/verbs/save-snapshot.js'
import { cloneDirectory } from '../../storage/clone-directory.js'
import { systemDisk } from '../../storage/disk.js'
import type { SnapshotInfo } from '../../storage/snapshot-store.js'
import { askLocalBroker } from './control.js'
import { ensureBroker } from './ensure.js'
import { type Home, homeOf } from './home.js'
import { propertiesText } from './properties-text.js'
import { snapshotsOf } from './snapshots.js'
import { type BrokerState, runningBroker } from './state.js'

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
 * Starts a broker of its own on a copy of a snapshot, in a home of its own inside that of the original. Where there is no
 * snapshot of that name, it is taken of the broker that runs.
 */
export async function forkBroker(home: Home, name: string, port: number, clock: Clock): Promise<Fork> {
  const directory = join(home.directory, 'forks', `${name}-${port}`)
  const fork = homeOf({ KLOG_HOME: directory })
  const store = snapshotsOf(home)
  const isNewSnapshot = !store.has(name)
  refuseExisting(fork)
  const snapshot = isNewSnapshot ? await askLocalBroker(home, clock, saveSnapshot, { name }) : store.find(name)
  const part = `${directory}.part`
  rmSync(part, { recursive: true, force: true })
  mkdirSync(part, { recursive: true, mode: 0o700 })
  store.directoriesOf(snapshot).forEach((copy, at) => {
    cloneDirectory(systemDisk, copy, join(part, dataName(at)))
  })
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
  const paths = snapshot.directories.map((_, at) => join(directory, dataName(at)))
  const own = new Map([...kept, ['listeners', `PLAINTEXT://localhost:${port}`]] as [string, string][])
  own.set('log.dirs', paths.slice(0, snapshot.dataDirectories).join(','))
  if (paths.length > snapshot.dataDirectories) own.set('metadata.log.dir', paths.at(-1)!)
  return own
}

function dataName(at: number): string {
  return at === 0 ? 'data' : `data-${at}`
}
