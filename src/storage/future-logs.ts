import type { Uuid } from '../bytes/uuid.js'
import type { StorageEnvironment } from './environment.js'
import type { LogConfig } from './log-config.js'
import { kindOfDirectory, markedDirectoryName, partitionDirectoryName } from './partition-directory.js'
import { PartitionLog } from './partition-log.js'

interface Future {
  readonly topic: string
  readonly partition: number
  readonly directory: string
  log: PartitionLog | null
}

/** The copies of partitions that are on their way into one log directory, each in a directory named `-future` until it is whole. */
export class FutureLogs {
  readonly #futures = new Map<string, Future>()

  constructor(
    readonly environment: StorageEnvironment,
    /** Of the log directory. */
    readonly path: string,
    readonly producerIdleMs: () => number | undefined,
  ) {}

  /** A copy that an earlier run has begun. A second one of the same partition is of no use. */
  found(name: string): void {
    const kind = kindOfDirectory(name)
    if (kind.kind !== 'future') return
    const key = partitionDirectoryName(kind.topic, kind.partition)
    const { topic, partition } = kind
    const directory = `${this.path}/${name}`
    if (this.#futures.has(key)) this.#removeTree(directory)
    else this.#futures.set(key, { topic, partition, directory, log: null })
  }

  get all(): Iterable<{ readonly topic: string; readonly partition: number; readonly log: PartitionLog | null }> {
    return this.#futures.values()
  }

  has(topic: string, partition: number): boolean {
    return this.#futures.has(partitionDirectoryName(topic, partition))
  }

  /** Opens the copy, which is looked through where an earlier run has begun it, or makes it. */
  open(o: {
    readonly topic: string
    readonly partition: number
    readonly topicId: Uuid
    readonly config: LogConfig
    readonly logStartOffset: number
  }): PartitionLog {
    const { environment, producerIdleMs } = this
    const key = partitionDirectoryName(o.topic, o.partition)
    const known = this.#futures.get(key)
    if (known?.log != null) return known.log
    const name = markedDirectoryName(o.topic, o.partition, 'future', environment.random)
    const directory = known?.directory ?? `${this.path}/${name}`
    const log = PartitionLog.open({
      ...{ environment, directory, producerIdleMs: producerIdleMs(), ...o },
      wasCleanShutdown: known === undefined,
    })
    this.#futures.set(key, { topic: o.topic, partition: o.partition, directory, log })
    return log
  }

  /** Closes the copy and gives its files the name `path`, all on the device: what it was copied from is about to go. */
  release(topic: string, partition: number, path: string): { readonly recoveryPoint: number } {
    const key = partitionDirectoryName(topic, partition)
    const { log, directory } = this.#futures.get(key)!
    log!.close()
    if (log!.failure !== null) throw log!.failure
    this.#futures.delete(key)
    this.environment.disk.rename(directory, path)
    this.environment.disk.syncDirectory(this.path)
    return { recoveryPoint: log!.recoveryPoint }
  }

  remove(topic: string, partition: number): void {
    const key = partitionDirectoryName(topic, partition)
    const future = this.#futures.get(key)
    if (future === undefined) return
    this.#futures.delete(key)
    future.log?.abandon()
    const { disk, random } = this.environment
    const doomed = `${this.path}/${markedDirectoryName(topic, partition, 'delete', random)}`
    disk.rename(future.directory, doomed)
    this.#removeTree(doomed)
  }

  /** Lets go of the files as they are: the next start goes on from there. */
  abandon(): void {
    for (const { log } of this.#futures.values()) log?.abandon()
  }

  #removeTree(path: string): void {
    this.environment.disk.removeTree(path).catch((error: Error) => {
      this.environment.log.warn(`Could not remove ${path}: ${error.message}`)
    })
  }
}
