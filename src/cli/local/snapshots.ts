import { isAbsolute, relative, resolve } from 'node:path'
import { type Clock, systemClock } from '../../base/clock.js'
import { type Log, silentLog } from '../../base/log.js'
import { UserError } from '../../base/user-error.js'
import type { SnapshotSource } from '../../control/controlled.js'
import { systemDisk } from '../../storage/disk.js'
import { restoreDirectories } from '../../storage/restore.js'
import { type SnapshotInfo, type SnapshotOrigin, SnapshotStore } from '../../storage/snapshot-store.js'
import { readSeats } from './cluster-file.js'
import { endBroker } from './end.js'
import { ensureBroker } from './ensure.js'
import type { Home } from './home.js'
import { type BrokerState, runningBroker } from './state.js'

export function snapshotsOf(home: Home, log: Log = silentLog): SnapshotStore {
  return new SnapshotStore(systemDisk, home.snapshotDirectory, log)
}

/** What the broker of `home` must know to copy itself. `directories` are absolute, the metadata's last where it has its own. */
export function snapshotSource(
  home: Home,
  facts: Omit<SnapshotOrigin, 'takenAtMs' | 'directories'> & { readonly directories: readonly string[] },
  log: Log,
): SnapshotSource {
  const directories = facts.directories.map((path) => insideOf(home, path))
  const origin = (): SnapshotOrigin => ({ ...facts, directories, takenAtMs: systemClock.now() })
  return { store: snapshotsOf(home, log), origin }
}

export interface Restored {
  readonly snapshot: SnapshotInfo
  /** The broker that runs on it now; null where none ran before. */
  readonly restarted: BrokerState | null
}

/**
 * Puts a snapshot into the place of what the broker of `home` has. A broker that runs is stopped for it and started again as it
 * was. An interruption leaves the old or the new.
 */
export async function restoreSnapshot(home: Home, name: string, clock: Clock): Promise<Restored> {
  const store = snapshotsOf(home)
  const snapshot = store.find(name)
  if (readSeats(home) !== null) {
    throw new UserError(
      `snapshots are of a single broker, and ${home.dataDirectory} holds a cluster`,
      'Without the cluster it can be restored: klog broker reset',
    )
  }
  const stopped = runningBroker(home) === null ? null : await endBroker(home, 'SIGTERM', clock)
  const copies = store.directoriesOf(snapshot)
  const replacements = snapshot.directories.map((path, at) => ({
    directory: resolve(home.directory, path),
    by: copies[at]!,
  }))
  let restarted: BrokerState | null = null
  try {
    await restoreDirectories(systemDisk, home.restoreJournal, replacements)
  } finally {
    if (stopped !== null) {
      const options = { overrides: [], startArguments: stopped.startArguments ?? [] }
      restarted = (await ensureBroker(home, options, clock)).state
    }
  }
  return { snapshot, restarted }
}

/** Relative where it lies in the home, so that a home can be moved. */
function insideOf(home: Home, path: string): string {
  const within = relative(home.directory, path)
  return within === '' || within.startsWith('..') || isAbsolute(within) ? path : within
}
