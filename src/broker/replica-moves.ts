import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { LogConfig } from '../storage/log-config.js'
import type { LogDirectory } from '../storage/log-directory.js'
import type { PartitionLog } from '../storage/partition-log.js'
import type { Partition } from './partition.js'
import type { ReplicaDirectories } from './replica-directories.js'
import type { CopyLimit } from './replication-throttles.js'

/** Copied at a time; the rest of the broker has its turn in between. */
const COPY_BYTES = 1024 * 1024
const PAUSE_MS = 1
/** Before a limit that was exceeded is looked at again. */
const LIMITED_MS = 100

export interface ReplicaMovesOptions {
  readonly clock: Clock
  readonly log: Log
  readonly replicas: ReplicaDirectories
  configOf(topic: string): LogConfig
  /** What all moves together are held to: `replica.alter.log.dirs.io.max.bytes.per.second`. */
  readonly limit: CopyLimit
  /** The replica lies in `directory` from now on. */
  onMoved(partition: Partition, directory: LogDirectory): void
}

interface Move {
  readonly partition: Partition
  readonly to: LogDirectory
  readonly future: PartitionLog
  /** The copy of what had been compacted by then is compacted so far. */
  readonly cleanedOffset: number
  isFlushed: boolean
  timer: Timer | null
}

/**
 * Moves replicas from one log directory to another while they are written to and read (KIP-113): a copy follows the log, and
 * takes its place in the moment in which nothing is missing.
 */
export class ReplicaMoves {
  readonly #moves = new Map<string, Move>()

  constructor(readonly options: ReplicaMovesOptions) {}

  /** Begins to move a replica; a move to somewhere else ends, and so does one to where it lies already. */
  begin(partition: Partition, to: LogDirectory): void {
    const { replicas } = this.options
    const under = this.#moves.get(partition.name)
    if (under?.to === to) return
    this.cancel(partition)
    if (replicas.homeOf(partition.topic, partition.index) === to) return
    this.#start(partition, to)
  }

  /** Goes on with what an earlier run has begun. */
  resume(partition: Partition): void {
    const { topic, index } = partition
    const { replicas } = this.options
    const home = replicas.homeOf(topic, index)
    for (const directory of replicas.directories) {
      if (!directory.futures.has(topic, index)) continue
      if (directory === home || this.#moves.has(partition.name)) directory.futures.remove(topic, index)
      else this.#start(partition, directory)
    }
  }

  /** The replica stays where it is, or is gone. */
  cancel({ name, topic, index }: Pick<Partition, 'name' | 'topic' | 'index'>): void {
    const move = this.#moves.get(name)
    if (move === undefined) return
    this.#moves.delete(name)
    move.timer?.cancel()
    move.to.futures.remove(topic, index)
  }

  /** The end of the replica's log is cut off. */
  truncated({ name }: Pick<Partition, 'name'>, offset: number): void {
    const move = this.#moves.get(name)
    if (move !== undefined && move.future.logEndOffset > offset) move.future.truncateTo(offset)
  }

  /** A directory has failed: nothing goes on from there, or to there. */
  leave(directory: LogDirectory): void {
    for (const { partition, to, timer } of [...this.#moves.values()]) {
      const { topic, index } = partition
      if (to !== directory && this.options.replicas.homeOf(topic, index) !== directory) continue
      timer?.cancel()
      this.#moves.delete(partition.name)
      if (to !== directory) to.futures.remove(topic, index)
    }
  }

  /** Ends for this run; the next one goes on. */
  stop(): void {
    for (const { timer } of this.#moves.values()) timer?.cancel()
    this.#moves.clear()
  }

  #start(partition: Partition, to: LogDirectory): void {
    const { topic, index, topicId, log } = partition
    const { logStartOffset } = log
    try {
      const opened = { topic, partition: index, topicId, config: this.options.configOf(topic), logStartOffset }
      const future = to.futures.open(opened)
      // A crash may have taken the end of the log, but not that of its copy.
      if (future.logEndOffset > log.logEndOffset) future.truncateTo(log.logEndOffset)
      const move = { partition, to, future, cleanedOffset: log.cleanedOffset, isFlushed: false, timer: null }
      this.#moves.set(partition.name, move)
      this.options.log.info(`Moving ${partition.name} from ${log.directory} to ${future.directory}`)
      this.#continue(move, PAUSE_MS)
    } catch (error) {
      this.#giveUp(partition, error)
      to.futures.remove(topic, index)
    }
  }

  #continue(move: Move, delayMs: number): void {
    move.timer = this.options.clock.after(delayMs, () => {
      try {
        this.#step(move)
      } catch (error) {
        this.#giveUp(move.partition, error)
        this.cancel(move.partition)
      }
    })
  }

  #step(move: Move): void {
    const { future, partition } = move
    const { limit } = this.options
    const isLimited = limit.isExceeded
    if (!isLimited) limit.record(this.#copy(move, COPY_BYTES))
    const isBehind = future.logEndOffset < partition.log.writtenEndOffset
    if (isBehind) this.#continue(move, isLimited ? LIMITED_MS : PAUSE_MS)
    else if (!move.isFlushed) this.#flush(move)
    else this.#swap(move)
  }

  /** Waits for the device off the main thread, so that little is left of that for the swap. */
  #flush(move: Move): void {
    move.isFlushed = true
    const active = move.future.segments.at(-1)!
    active.syncLater().then(
      () => this.#moves.get(move.partition.name) === move && this.#continue(move, PAUSE_MS),
      (error: unknown) => {
        this.#giveUp(move.partition, error)
        this.cancel(move.partition)
      },
    )
  }

  /** Copies what there is, up to a limit. Returns the number of bytes. */
  #copy({ partition: { log }, future }: Move, bytesMax: number): number {
    if (future.logEndOffset < log.logStartOffset) future.truncateFullyAndStartAt(log.logStartOffset)
    if (future.logEndOffset >= log.writtenEndOffset) return 0
    const read = log.read(future.logEndOffset, bytesMax, { endOffset: log.writtenEndOffset, minOneBatch: true })
    try {
      if (read.sizeBytes === 0) throw new Error(`nothing can be read at ${future.logEndOffset}`)
      const appended = future.appendAsFollower(Buffer.concat(read.chunks))
      if (appended.error !== undefined) throw new Error(appended.message)
      future.flushQueued()
      if (future.failure !== null) throw future.failure
      return appended.sizeBytes
    } finally {
      read.release()
    }
  }

  /** In one go: nothing can be appended between the last copied record and the change of place. */
  #swap(move: Move): void {
    const { partition, to, future, cleanedOffset } = move
    const { topic, index, topicId, log } = partition
    const { replicas, configOf } = this.options
    log.flushQueued()
    while (future.logEndOffset < log.writtenEndOffset) this.#copy(move, COPY_BYTES)
    const { logStartOffset, highWatermark } = log
    const from = log.directory
    const opened = { topic, partition: index, topicId, config: configOf(topic) }
    const moved = to.promoteFuture(opened, { logStartOffset, highWatermark, cleanedOffset })
    this.#moves.delete(partition.name)
    replicas.relocate(topic, index, to, log.config.fileDeleteDelayMs)
    partition.replaceLog(moved)
    this.options.log.info(`Moved ${partition.name} from ${from} to ${moved.directory}`)
    this.options.onMoved(partition, to)
  }

  #giveUp(partition: Partition, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    this.options.log.error(`${partition.name} cannot be moved, it stays where it is: ${reason}`)
  }
}
