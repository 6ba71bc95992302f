import type { Log } from '../base/log.js'
import { CLEAN_SHUTDOWN_FILE } from './clean-shutdown.js'
import { cloneDirectory } from './clone-directory.js'
import { DirectoryCheckpoints } from './directory-checkpoints.js'
import type { Disk } from './disk.js'
import type { LogDirectory } from './log-directory.js'
import { kindOfDirectory, partitionDirectoryName } from './partition-directory.js'
import { SnapshotCopy } from './snapshot-copy.js'

export interface SnapshotSize {
  readonly partitions: number
  /** Of batches. */
  readonly sizeBytes: number
}

/** What is copied: a directory that is open, or the path of one that nobody uses. */
export type SnapshotPart = LogDirectory | string

/**
 * Puts copies of log directories, in the order given, into `target/0`, `target/1` and so on: as they all are at the moment of
 * the call, those that are open in the state that an orderly stop leaves. Who writes to them goes on meanwhile.
 */
export async function snapshotDirectories(
  parts: readonly SnapshotPart[],
  target: string,
  disk: Disk,
  log: Log,
): Promise<SnapshotSize> {
  const copy = new SnapshotCopy(disk)
  try {
    const sizes = parts.map((part, at) =>
      typeof part === 'string'
        ? snapshotUnused(part, `${target}/${at}`, disk)
        : snapshotOne(part, `${target}/${at}`, copy, log),
    )
    await copy.finish()
    return {
      partitions: sizes.reduce((sum, { partitions }) => sum + partitions, 0),
      sizeBytes: sizes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    }
  } finally {
    copy.abandon()
  }
}

/** One that was never used has nothing to copy. */
function snapshotUnused(path: string, target: string, disk: Disk): SnapshotSize {
  if (disk.stat(path) === null) {
    disk.makeDirectory(target)
    return { partitions: 0, sizeBytes: 0 }
  }
  cloneDirectory(disk, path, target)
  const partitions = disk.listDirectories(target).filter((name) => kindOfDirectory(name).kind === 'partition')
  const files = partitions.flatMap((name) =>
    (disk.list(`${target}/${name}`) ?? []).filter((file) => file.endsWith('.log')).map((file) => `${name}/${file}`),
  )
  const sizeBytes = files.reduce((sum, file) => sum + (disk.stat(`${target}/${file}`)?.sizeBytes ?? 0), 0)
  return { partitions: partitions.length, sizeBytes }
}

function snapshotOne(directory: LogDirectory, target: string, copy: SnapshotCopy, log: Log): SnapshotSize {
  const { disk } = copy
  disk.makeDirectory(target)
  for (const name of disk.list(directory.path) ?? []) {
    const stat = name.startsWith('.') || name.endsWith('.tmp') ? null : disk.stat(`${directory.path}/${name}`)
    if (stat !== null && !stat.isDirectory)
      copy.copyNow(`${directory.path}/${name}`, `${target}/${name}`, stat.sizeBytes)
  }
  const logs = [...directory.logs]
  for (const each of logs) each.snapshotInto(`${target}/${partitionDirectoryName(each.topic, each.partition)}`, copy)
  const checkpoints = new DirectoryCheckpoints(disk, target, log)
  for (const kind of ['recoveryPoint', 'highWatermark', 'logStartOffset', 'cleanedOffset'] as const)
    checkpoints.write(kind, logs, false)
  const marker = Buffer.from(JSON.stringify({ version: 0, brokerEpoch: directory.previousBrokerEpoch }))
  const file = disk.open(`${target}/${CLEAN_SHUTDOWN_FILE}`, 'empty')
  file.write(marker, 0)
  file.close()
  return { partitions: logs.length, sizeBytes: logs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) }
}
