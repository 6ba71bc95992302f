import { existsSync, rmSync } from 'node:fs'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { type Clock, systemClock } from '../../base/clock.js'
import { type Log, silentLog } from '../../base/log.js'
import { UserError } from '../../base/user-error.js'
import type { SnapshotSource } from '../../control/controlled.js'
import { saveSnapshot } from '../../control/verbs/save-snapshot.js'
import type { Seat } from '../../local/seat.js'
import type { SnapshotPart } from '../../storage/directory-snapshot.js'
import { systemDisk } from '../../storage/disk.js'
import { META_PROPERTIES_FILE, readMetaProperties } from '../../storage/meta-properties.js'
import { restoreDirectories, settleRestore } from '../../storage/restore.js'
import { type SnapshotInfo, type SnapshotOrigin, SnapshotStore } from '../../storage/snapshot-store.js'
import { klogVersion } from '../version.js'
import { readSeats, seatDirectory, writeSeats } from './cluster-file.js'
import { askLocalBroker } from './control.js'
import { endBroker } from './end.js'
import { ensureBroker } from './ensure.js'
import type { Home } from './home.js'
import { homeSettings } from './settings.js'
import { type BrokerState, runningBroker } from './state.js'

export function snapshotsOf(home: Home, log: Log = silentLog): SnapshotStore {
  return new SnapshotStore(systemDisk, home.snapshotDirectory, log)
}

/** What the broker of `home` must know to copy itself. `directories` are absolute, the metadata's last where it has its own. */
export function snapshotSource(
  home: Home,
  facts: () => Omit<SnapshotOrigin, 'takenAtMs'>,
  parts: () => readonly SnapshotPart[],
  log: Log,
): SnapshotSource {
  return { store: snapshotsOf(home, log), origin: () => originOf(home, facts()), parts }
}

function originOf(home: Home, facts: Omit<SnapshotOrigin, 'takenAtMs'>): SnapshotOrigin {
  const directories = facts.directories.map((path) => insideOf(home, path))
  return { ...facts, directories, takenAtMs: systemClock.now() }
}

/** Copies the broker of `home`, or all of its cluster: as it is at this moment, or as it lies there where it does not run. */
export async function saveSnapshotOf(home: Home, name: string, clock: Clock): Promise<SnapshotInfo> {
  if (runningBroker(home) !== null) return askLocalBroker(home, clock, saveSnapshot, { name })
  await settleRestore(systemDisk, home.restoreJournal)
  const facts = stoppedFacts(home)
  const locks = facts.directories.map((path) => {
    const lock = systemDisk.lock(path)
    if (lock === null) throw new UserError(`another broker uses ${path}`, 'Stop it first.')
    return lock
  })
  try {
    return await snapshotsOf(home).save(name, originOf(home, facts), facts.directories)
  } finally {
    for (const lock of locks) lock.release()
  }
}

/** What of a broker that does not run can be known: with which options it was started is not. */
function stoppedFacts(home: Home): Omit<SnapshotOrigin, 'takenAtMs'> {
  const seats = readSeats(home)
  const settings = homeSettings(home)
  const data = seats?.map((seat) => seatDirectory(home, seat)) ?? dataDirectoriesOf(home, settings)
  const ofMetadata = seats === null ? settings.get('metadata.log.dir') : undefined
  const directories = [...new Set([...data, ...(ofMetadata === undefined ? [] : [resolve(ofMetadata)])])]
  const known = directories.map((path) => readMetaProperties(systemDisk, path)).find((one) => one !== null)
  if (known == null) {
    throw new UserError(
      `there is nothing to be copied in ${home.dataDirectory}: no broker has run there`,
      'Start one: klog broker start; or choose another with KLOG_HOME.',
    )
  }
  return {
    ...{ version: klogVersion(), clusterId: known.clusterId, nodeId: seats?.[0]?.id ?? known.nodeId },
    ...{ settings: Object.fromEntries(settings), directories, dataDirectories: data.length },
    ...(seats !== null && { brokers: seats }),
  }
}

function dataDirectoriesOf(home: Home, settings: ReadonlyMap<string, string>): string[] {
  const given = settings.get('log.dirs') ?? settings.get('log.dir') ?? home.dataDirectory
  const paths = given.split(',').map((path) => path.trim())
  return paths.filter((path) => path !== '').map((path) => resolve(path))
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
  const before = readSeats(home)
  refuseOtherKind(home, snapshot, before)
  const stopped = runningBroker(home) === null ? null : await endBroker(home, 'SIGTERM', clock)
  const copies = store.directoriesOf(snapshot)
  const replacements = snapshot.directories.map((path, at) => ({
    directory: resolve(home.directory, path),
    by: copies[at]!,
  }))
  let restarted: BrokerState | null = null
  try {
    await restoreDirectories(systemDisk, home.restoreJournal, replacements)
    if (snapshot.brokers !== undefined) takeSeats(home, snapshot.brokers, before ?? [])
  } finally {
    if (stopped !== null) {
      const options = { overrides: [], startArguments: withoutCount(stopped.startArguments ?? []) }
      restarted = (await ensureBroker(home, options, clock)).state
    }
  }
  return { snapshot, restarted }
}

/** Of how many brokers a cluster is, its data says. */
function withoutCount(args: readonly string[]): string[] {
  return args.filter((arg, at) => arg !== '--brokers' && args[at - 1] !== '--brokers')
}

/** The data of a single broker is no place for a cluster, nor the other way round. */
function refuseOtherKind(home: Home, { name, brokers }: SnapshotInfo, seats: readonly Seat[] | null): void {
  const isSingle = existsSync(join(home.dataDirectory, META_PROPERTIES_FILE))
  if (brokers === undefined ? seats === null : !isSingle) return
  const [held, copied] = brokers === undefined ? ['a cluster', 'a single broker'] : ['a single broker', 'a cluster']
  throw new UserError(
    `the snapshot ${name} is of ${copied}, and ${home.dataDirectory} holds ${held}`,
    `Without that it can be restored: klog broker reset; beside it: klog fork ${name} --port N`,
  )
}

/** The brokers are those of the snapshot, where they are now; one that was added since goes. */
function takeSeats(home: Home, brokers: readonly Seat[], before: readonly Seat[]): void {
  const here = new Map(before.map((seat) => [seat.id, seat]))
  writeSeats(
    home,
    brokers.map(({ id, port, controllerPort }) => here.get(id) ?? { id, port, controllerPort }),
  )
  const kept = new Set(brokers.map(({ id }) => id))
  for (const seat of before) if (!kept.has(seat.id)) rmSync(seatDirectory(home, seat), { recursive: true, force: true })
}

/** Relative where it lies in the home, so that a home can be moved. */
function insideOf(home: Home, path: string): string {
  const within = relative(home.directory, path)
  return within === '' || within.startsWith('..') || isAbsolute(within) ? path : within
}
