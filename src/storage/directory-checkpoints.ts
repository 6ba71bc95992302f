import type { Log } from '../base/log.js'
import { MalformedBytes } from '../bytes/malformed.js'
import { OffsetCheckpoint } from './checkpoint.js'
import type { Disk } from './disk.js'
import { partitionDirectoryName } from './partition-directory.js'
import type { PartitionLog } from './partition-log.js'

export type CheckpointedOffset = 'recoveryPoint' | 'highWatermark' | 'logStartOffset' | 'cleanedOffset'

const FILES: Record<CheckpointedOffset, string> = {
  recoveryPoint: 'recovery-point-offset-checkpoint',
  highWatermark: 'replication-offset-checkpoint',
  logStartOffset: 'log-start-offset-checkpoint',
  cleanedOffset: 'cleaner-offset-checkpoint',
}

export const CHECKPOINT_FILES: readonly string[] = Object.values(FILES)

interface CheckpointFile {
  readonly checkpoint: OffsetCheckpoint
  lastWritten: string | null
  /** Whether what was written last is on the device. */
  isDurable: boolean
}

/** The offsets of all partitions of a log directory that a start wants to know without looking at their logs. */
export class DirectoryCheckpoints {
  readonly #files = new Map<CheckpointedOffset, CheckpointFile>()
  /** As the last run left them: kept for partitions that have not been opened yet. */
  readonly #stored = new Map<CheckpointedOffset, Map<string, number>>()

  constructor(disk: Disk, directory: string, log: Log) {
    for (const [kind, name] of Object.entries(FILES) as [CheckpointedOffset, string][]) {
      const checkpoint = new OffsetCheckpoint(disk, `${directory}/${name}`)
      this.#files.set(kind, { checkpoint, lastWritten: null, isDurable: false })
      this.#stored.set(kind, readOrNothing(checkpoint, log))
    }
  }

  /** What the last run left of one partition; 0 where it left nothing. */
  stored(kind: CheckpointedOffset, topic: string, partition: number): number {
    return this.#stored.get(kind)!.get(partitionDirectoryName(topic, partition)) ?? 0
  }

  /** A partition is gone, or another of the same name takes its place. */
  forget(topic: string, partition: number): void {
    for (const offsets of this.#stored.values()) offsets.delete(partitionDirectoryName(topic, partition))
  }

  /** Writes one of the files, unless it says so already, and will after a power failure where it is to be durable. */
  write(kind: CheckpointedOffset, logs: Iterable<PartitionLog>, durable: boolean): void {
    const offsets = new Map(this.#stored.get(kind))
    for (const log of logs) {
      const name = partitionDirectoryName(log.topic, log.partition)
      // Of a log that nobody has used what was stored still holds.
      if (kind === 'logStartOffset' && log.isResting) continue
      // The start of a log that nothing was deleted from is where its first segment begins: the start finds that by itself.
      if (kind === 'logStartOffset' && log.logStartOffset <= log.segments[0]!.baseOffset) offsets.delete(name)
      else if (kind !== 'cleanedOffset' || log.cleanedOffset > 0) offsets.set(name, log[kind])
    }
    const file = this.#files.get(kind)!
    const text = [...offsets].join('\n')
    if (text === file.lastWritten && (file.isDurable || !durable)) return
    file.checkpoint.write(offsets, durable)
    file.lastWritten = text
    file.isDurable = durable
  }
}

function readOrNothing(checkpoint: OffsetCheckpoint, log: Log): Map<string, number> {
  try {
    return checkpoint.read()
  } catch (error) {
    if (!(error instanceof MalformedBytes)) throw error
    log.warn(`Going on without a checkpoint: ${error.message}`)
    return new Map()
  }
}
