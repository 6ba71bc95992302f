import { UserError } from '../base/user-error.js'
import type { Disk, DiskLock } from './disk.js'
import { makeDirectoryDurably } from './durable-directory.js'
import { UnusableDirectory } from './unusable-directory.js'

/** Makes a log directory where there is none, and holds it. @throws UserError where another process does */
export function holdDirectory(disk: Disk, path: string): DiskLock {
  let lock: DiskLock | null
  try {
    makeDirectoryDurably(disk, path)
    lock = disk.lock(path)
  } catch (error) {
    throw new UnusableDirectory(path, error)
  }
  if (lock !== null) return lock
  throw new UserError(
    `Failed to acquire lock on file .lock in ${path}. A Kafka instance in another process or thread is using this directory.`,
    'Stop the other one, or name another directory in log.dirs.',
  )
}
