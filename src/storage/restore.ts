import { dirname } from 'node:path'
import { UserError } from '../base/user-error.js'
import { replaceFile } from './atomic-file.js'
import { cloneDirectory } from './clone-directory.js'
import type { Disk } from './disk.js'
import { syncTree } from './durable-directory.js'

const NEW = '.restoring'
const OLD = '.replaced'

/** A directory, and what shall lie there: another directory, which stays as it is. */
export interface Replacement {
  readonly directory: string
  readonly by: string
}

/**
 * Replaces log directories that nobody uses by copies of others. Whenever it is interrupted, if by the power too, everything is as it was, or
 * `settleRestore` brings it to its end: from the moment on that `journal` has been written.
 * @throws UserError where somebody uses one of them
 */
export async function restoreDirectories(
  disk: Disk,
  journal: string,
  replacements: readonly Replacement[],
): Promise<void> {
  await settleRestore(disk, journal)
  for (const { directory, by } of replacements) {
    refuseUsed(disk, directory)
    await disk.removeTree(directory + NEW)
    cloneDirectory(disk, by, directory + NEW)
    // What it replaces may be on the device, and is removed.
    await syncTree(disk, directory + NEW)
    disk.syncDirectory(dirname(directory))
  }
  const directories = replacements.map(({ directory }) => directory)
  // Copying may have taken its time.
  for (const directory of directories) refuseUsed(disk, directory)
  replaceFile(disk, journal, Buffer.from(JSON.stringify({ directories })), true)
  await settleRestore(disk, journal)
}

/** Finishes what was interrupted; nothing happens where nothing was. */
export async function settleRestore(disk: Disk, journal: string): Promise<void> {
  const directories = readJournal(disk, journal)
  for (const directory of directories) {
    if (disk.stat(directory + NEW) === null) continue
    if (disk.stat(directory) !== null) {
      await disk.removeTree(directory + OLD)
      disk.rename(directory, directory + OLD)
    }
    disk.rename(directory + NEW, directory)
    disk.syncDirectory(dirname(directory))
  }
  for (const directory of directories) await disk.removeTree(directory + OLD)
  disk.remove(journal)
}

function readJournal(disk: Disk, journal: string): string[] {
  const bytes = disk.readFile(journal)
  if (bytes === null) return []
  const { directories } = JSON.parse(bytes.toString('utf8')) as { directories: string[] }
  return directories
}

function refuseUsed(disk: Disk, directory: string): void {
  if (disk.stat(directory) === null) return
  const lock = disk.lock(directory)
  if (lock === null) throw new UserError(`another broker uses ${directory}`, 'Stop it first.')
  lock.release()
}
