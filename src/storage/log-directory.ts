import { Serial } from '../base/serial.js'
import { UserError } from '../base/user-error.js'
import { MalformedBytes } from '../bytes/malformed.js'
import type { Uuid } from '../bytes/uuid.js'
import { takeCleanShutdown, writeCleanShutdown } from './clean-shutdown.js'
import { type CheckpointedOffset, DirectoryCheckpoints } from './directory-checkpoints.js'
import { holdDirectory } from './directory-lock.js'
import type { DiskLock } from './disk.js'
import { type EnvironmentInput, type StorageEnvironment, storageEnvironment } from './environment.js'
import { FutureLogs } from './future-logs.js'
import { Listeners } from './listeners.js'
import type { LogConfig } from './log-config.js'
import { type MetaProperties, readMetaProperties, writeMetaProperties } from './meta-properties.js'
import { kindOfDirectory, markedDirectoryName, partitionDirectoryName } from './partition-directory.js'
import { PartitionLog } from './partition-log.js'
import { PARTITION_METADATA_FILE, readPartitionMetadata } from './partition-metadata.js'
import { type RestingLog, takeRestingLogs, unmadeLog, writeRestingLogs } from './resting-logs.js'
import { isOfDevice, UnusableDirectory } from './unusable-directory.js'
import { isPassing } from './write-fully.js'

/** How many partitions are brought onto the device at once when the directory is closed. */
const CLOSING_AT_ONCE = 8

export interface LogDirectoryInput extends EnvironmentInput {
  /** Absolute. */
  readonly path: string
  /** `producer.id.expiration.ms`. */
  readonly producerIdleMs?: number
}

export interface OpenPartition {
  readonly topic: string
  readonly partition: number
  readonly topicId: Uuid
  readonly config: LogConfig
  /** Whether one that is not there yet may be made when it is first needed. */
  readonly maybeLater?: boolean
}

/** What a log keeps when its files are replaced by a copy of them. */
export interface PromotedState {
  readonly logStartOffset: number
  readonly highWatermark: number
  readonly cleanedOffset: number
}

const CHECKPOINTED: readonly CheckpointedOffset[] = [
  'recoveryPoint',
  'highWatermark',
  'logStartOffset',
  'cleanedOffset',
]

/** One entry of `log.dirs`: partitions, each in a directory of its own, and what is kept for all of them together. */
export class LogDirectory {
  readonly path: string
  /** Whether the last run ended in order: then no log need be looked through. */
  readonly wasCleanShutdown: boolean
  /** The broker's epoch when it stopped in order; -1 where it did not, or never ran. */
  readonly previousBrokerEpoch: number
  readonly #environment: StorageEnvironment
  /** `producer.id.expiration.ms`, for logs that are opened from now on and for `expireProducers`. */
  producerIdleMs: number | undefined
  readonly #lock: DiskLock
  readonly #checkpoints: DirectoryCheckpoints
  readonly #logs = new Map<string, PartitionLog>()
  /** The same two for all logs: closures of their own would cost each of ten thousand a part of its memory. */
  readonly #onLogStart = (isWaited: boolean): boolean => this.#logStartMoved(isWaited)
  readonly #onLogFailure = (error: Error): void => this.#fail(error)
  /** Copies of partitions that are on their way here from other directories. */
  readonly futures: FutureLogs
  /** What is known of those that have not been opened yet. */
  readonly #resting: Map<string, RestingLog>
  /** What lay there at the start: only that can need recovery. */
  readonly #found: Set<string>
  /** Of which nothing lies there before somebody needs it. */
  readonly #unmade = new Set<PartitionLog>()
  #metaProperties: MetaProperties | null
  #failure: Error | null = null
  readonly #failed = new Listeners<Error>()
  readonly #removals = new Serial()
  #isLogStartDue = false
  #isClosed = false

  /**
   * Makes the directory where there is none, and holds it until `close`.
   * @throws UserError when it cannot be used: held by somebody else, not writable, or full of something else.
   */
  static open(input: LogDirectoryInput): LogDirectory {
    const lock = holdDirectory(input.disk, input.path)
    try {
      return new LogDirectory(input, lock)
    } catch (error) {
      lock.release()
      throw isOfDevice(error) ? new UnusableDirectory(input.path, error) : error
    }
  }

  private constructor(input: LogDirectoryInput, lock: DiskLock) {
    const { disk, log } = input
    this.path = input.path
    this.#lock = lock
    this.#environment = storageEnvironment(input)
    this.producerIdleMs = input.producerIdleMs
    this.#metaProperties = readMetaProperties(disk, this.path)
    this.futures = new FutureLogs(this.#environment, this.path, () => this.producerIdleMs)
    this.#found = this.#scan()
    this.#checkpoints = new DirectoryCheckpoints(disk, this.path, log)
    const stopped = takeCleanShutdown(disk, this.path)
    this.wasCleanShutdown = stopped !== null
    this.previousBrokerEpoch = stopped?.brokerEpoch ?? -1
    this.#resting = takeRestingLogs(disk, this.path, log, stopped)
  }

  /** Null while the directory is not formatted. */
  get metaProperties(): MetaProperties | null {
    return this.#metaProperties
  }

  /** Why it is offline: the device has failed under one of its logs. Null while all is well; a full disk is no failure. */
  get failure(): Error | null {
    return this.#failure
  }

  /** Calls `listener` once, after the directory has failed. Returns a way to stop. */
  onFailure(listener: (error: Error) => void): () => void {
    return this.#failed.add(listener)
  }

  /** Marks the directory as belonging to a node. */
  format(properties: MetaProperties): void {
    writeMetaProperties(this.#environment.disk, this.path, properties, this.#environment.clock.now())
    this.#metaProperties = properties
  }

  /** The partitions that lie here, open or not. */
  get partitions(): { readonly topic: string; readonly partition: number }[] {
    return [...this.#found].flatMap((name) => {
      const found = kindOfDirectory(name)
      return found.kind === 'partition' ? [{ topic: found.topic, partition: found.partition }] : []
    })
  }

  get logs(): Iterable<PartitionLog> {
    return this.#logs.values()
  }

  find(topic: string, partition: number): PartitionLog | null {
    return this.#logs.get(partitionDirectoryName(topic, partition)) ?? null
  }

  get space(): { totalBytes: number; usableBytes: number } {
    return this.#environment.disk.space(this.path)
  }

  /** The topic that a partition's directory was made for; null where it does not say. */
  topicIdOf(topic: string, partition: number): Uuid | null {
    const { disk, log } = this.#environment
    const directory = this.#pathOf(topic, partition)
    const resting = this.#resting.get(partitionDirectoryName(topic, partition))
    if (resting !== undefined) return resting.topicId
    try {
      return readPartitionMetadata(disk, directory)
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      // A power failure may leave an empty file: `openLog` makes a new one.
      log.warn(error.message)
      disk.remove(`${directory}/${PARTITION_METADATA_FILE}`)
      return null
    }
  }

  /** Opens a partition's log, or makes it. What lies there must be of the same topic: see `topicIdOf` and `remove`. */
  openLog({ topic, partition, topicId, config, maybeLater = false }: OpenPartition): PartitionLog {
    const name = partitionDirectoryName(topic, partition)
    const known = this.#logs.get(name)
    if (known !== undefined) return known
    if (this.#failure !== null) throw new Error(`the directory is offline: ${this.#failure.message}`)
    const directory = this.#pathOf(topic, partition)
    const stored = (kind: CheckpointedOffset): number => this.#checkpoints.stored(kind, topic, partition)
    const isNew = !this.#found.has(name)
    const isUnmade = isNew && maybeLater && CHECKPOINTED.every((kind) => stored(kind) === 0)
    const log = PartitionLog.open({
      environment: this.#environment,
      directory,
      topic,
      partition,
      topicId,
      config,
      logStartOffset: stored('logStartOffset'),
      recoveryPoint: stored('recoveryPoint'),
      highWatermark: stored('highWatermark'),
      cleanedOffset: stored('cleanedOffset'),
      wasCleanShutdown: isNew || this.wasCleanShutdown,
      resting: isUnmade ? unmadeLog(topicId) : this.#restingOf(name, topicId),
      producerIdleMs: this.producerIdleMs,
      onLogStart: this.#onLogStart,
    })
    this.#hold(name, log)
    if (isUnmade) this.#unmade.add(log)
    return log
  }

  /**
   * Makes the copy that has come here the partition's log: it must be whole, and goes on where `state` says. The caller removes
   * the log that it was copied from.
   */
  promoteFuture(opened: OpenPartition, state: PromotedState): PartitionLog {
    const { topic, partition, topicId, config } = opened
    const name = partitionDirectoryName(topic, partition)
    const { recoveryPoint } = this.futures.release(topic, partition, this.#pathOf(topic, partition))
    const log = PartitionLog.open({
      ...{
        environment: this.#environment,
        directory: this.#pathOf(topic, partition),
        topic,
        partition,
        topicId,
        config,
      },
      ...{ ...state, recoveryPoint, wasCleanShutdown: true, producerIdleMs: this.producerIdleMs },
      onLogStart: this.#onLogStart,
    })
    this.#hold(name, log)
    for (const kind of CHECKPOINTED) this.checkpoint(kind)
    return log
  }

  /** Whether nothing lies there of a log that was opened. */
  isUnmade(log: PartitionLog): boolean {
    return log.isResting && this.#unmade.has(log)
  }

  /** A log that cannot be opened is held no more; what lies there stays. */
  letGo(log: PartitionLog): void {
    const name = partitionDirectoryName(log.topic, log.partition)
    if (this.isUnmade(log)) this.#found.delete(name)
    log.abandon()
    this.#logs.delete(name)
    this.#unmade.delete(log)
  }

  /** Takes a partition away at once; its files go after `delayMs`, so that whoever is reading them can finish. */
  remove(topic: string, partition: number, delayMs: number): void {
    const doomed = this.#takeOut(topic, partition, 'delete')
    if (doomed === null) return
    this.#environment.clock.after(delayMs, () => this.#removeTree(doomed))
  }

  /** Takes a partition away that the cluster does not know, and keeps its files under another name. */
  setAside(topic: string, partition: number): void {
    this.#takeOut(topic, partition, 'stray')
  }

  /** Where the files of the partition lie now; null when there are none. */
  #takeOut(topic: string, partition: number, mark: 'delete' | 'stray'): string | null {
    const { disk, random } = this.#environment
    const name = partitionDirectoryName(topic, partition)
    const log = this.#logs.get(name)
    if (log !== undefined) this.letGo(log)
    this.#checkpoints.forget(topic, partition)
    this.#resting.delete(name)
    if (!this.#found.delete(name)) return null
    const path = `${this.path}/${markedDirectoryName(topic, partition, mark, random)}`
    disk.rename(`${this.path}/${name}`, path)
    return path
  }

  /** Forgets producers that have been idle for too long. */
  expireProducers(): void {
    for (const log of this.#logs.values()) log.expireProducers(this.producerIdleMs)
  }

  /** Writes down one offset of every partition, for the next start. */
  checkpoint(kind: CheckpointedOffset): void {
    if (this.#isClosed) return
    try {
      this.#checkpoints.write(kind, this.#logs.values(), false)
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
  }

  /** Ends in order: everything on the device, and a marker that says so. `brokerEpoch` is kept in it. */
  async close(brokerEpoch = -1): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.futures.abandon()
    const logs = [...this.#logs.values()]
    const waiting = [...logs]
    const closeNext = async (): Promise<void> => {
      for (let log = waiting.pop(); log !== undefined; log = waiting.pop()) await log.closeLater()
    }
    await Promise.all(Array.from({ length: CLOSING_AT_ONCE }, closeNext))
    try {
      if (logs.every((log) => log.failure === null)) this.#writeMarker(logs, brokerEpoch)
    } catch (error) {
      this.#environment.log.warn(`The next start looks through the logs of ${this.path}: ${(error as Error).message}`)
    }
    this.#lock.release()
  }

  /** Lets go of everything as it is, as if the process had been killed. */
  abandon(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.futures.abandon()
    for (const log of this.#logs.values()) log.abandon()
    this.#lock.release()
  }

  /** Counts once, and only for what lies here. */
  #restingOf(name: string, topicId: Uuid): RestingLog | null {
    const resting = this.#resting.get(name)
    this.#resting.delete(name)
    return this.#found.has(name) && resting?.topicId === topicId ? resting : null
  }

  #hold(name: string, log: PartitionLog): void {
    this.#found.add(name)
    this.#logs.set(name, log)
    log.onFailure(this.#onLogFailure)
  }

  /** What one log has met the others will meet: whoever holds them is told, once this tick's work is done. */
  #fail(error: Error): void {
    if (this.#failure !== null || this.#isClosed || isPassing(error)) return
    this.#failure = error
    this.#environment.log.error(`The log directory ${this.path} has failed and is offline: ${error.message}`)
    this.#environment.atTickEnd(() => this.#failed.tell(error))
  }

  #logStartMoved(isWaited: boolean): boolean {
    if (isWaited) return this.#checkpointLogStart()
    if (this.#isLogStartDue) return true
    this.#isLogStartDue = true
    this.#environment.atTickEnd(() => {
      this.#isLogStartDue = false
      this.#checkpointLogStart()
    })
    return true
  }

  #checkpointLogStart(): boolean {
    try {
      this.checkpoint('logStartOffset')
      return true
    } catch (error) {
      // The disk may be full; it is tried again with the next regular one.
      this.#environment.log.error(`The log start checkpoint of ${this.path} failed: ${(error as Error).message}`)
      return false
    }
  }

  #writeMarker(logs: readonly PartitionLog[], brokerEpoch: number): void {
    for (const kind of ['recoveryPoint', 'highWatermark', 'logStartOffset'] as const)
      this.#checkpoints.write(kind, logs, true)
    writeRestingLogs(this.#environment.disk, this.path, brokerEpoch, logs)
    writeCleanShutdown(this.#environment.disk, this.path, brokerEpoch)
  }

  /** Finds the partitions; has removed what was about to be removed when the last run ended. */
  #scan(): Set<string> {
    const found = new Set<string>()
    for (const name of this.#environment.disk.listDirectories(this.path)) {
      const { kind } = kindOfDirectory(name)
      if (kind === 'partition') found.add(name)
      else if (kind === 'future') this.futures.found(name)
      else if (kind === 'delete') this.#removeTree(`${this.path}/${name}`)
      else if (kind === 'other' && !isTolerated(name))
        throw new UserError(
          `Found directory ${this.path}/${name}, '${name}' is not in the form of topic-partition or ` +
            'topic-partition.uniqueId-delete (if marked for deletion).',
          'Kafka keeps nothing but its own data in log.dirs: name another directory, or move this one away.',
        )
    }
    return found
  }

  /** One after the other: a topic of a thousand partitions would hold others up with its thousand removals. */
  #removeTree(path: string): void {
    const { disk, log } = this.#environment
    this.#removals
      .run(() => (this.#isClosed ? undefined : disk.removeTree(path)))
      .catch((error: Error) => log.warn(`Could not remove ${path}: ${error.message}`))
  }

  #pathOf(topic: string, partition: number): string {
    return `${this.path}/${partitionDirectoryName(topic, partition)}`
  }
}

/** Directories that Kafka and file systems make by themselves. */
function isTolerated(name: string): boolean {
  return name === 'remote-log-index-cache' || name === 'lost+found'
}
