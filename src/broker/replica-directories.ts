import type { Log } from '../base/log.js'
import { UserError } from '../base/user-error.js'
import type { Uuid } from '../bytes/uuid.js'
import { isDirectory } from '../cluster/directories.js'
import { METADATA_TOPIC } from '../cluster/topic-names.js'
import type { LogDirectory, OpenPartition } from '../storage/log-directory.js'
import type { PartitionLog } from '../storage/partition-log.js'
import { isPassing } from '../storage/write-fully.js'

export interface OpenReplica extends OpenPartition {
  /** The directory that the controller has chosen; null, or one that is not here, leaves the choice. */
  readonly directoryId: Uuid | null
  /** Whether its files need not be looked at before somebody uses it. */
  readonly mayRest: boolean
}

export interface PlacementRules {
  /** Directories that take no new replicas. */
  cordoned(): readonly Uuid[]
  /** Whether `log.dirs` has directories that could not be opened. */
  readonly areSomeLost: boolean
}

/** Wishes for replicas that are not there: anybody may have any number of them. */
const PREFERRED_MAX = 10_000

/** In which of the log directories each replica lies. */
export class ReplicaDirectories {
  readonly #home = new Map<string, LogDirectory>()
  readonly #counts = new Map<LogDirectory, number>()
  readonly #preferred = new Map<string, LogDirectory>()
  /** Replicas that cannot be opened, which was told: it is not told again with each attempt. */
  readonly #unusable = new Set<string>()

  constructor(
    readonly directories: readonly LogDirectory[],
    readonly log: Log,
    readonly rules: PlacementRules = { cordoned: () => [], areSomeLost: false },
  ) {
    for (const directory of directories) {
      this.#counts.set(directory, 0)
      for (const { topic, partition } of directory.partitions) this.#find(topic, partition, directory)
    }
  }

  /**
   * Moves out of the way what lies in a directory and is no replica of this broker: of a topic that was deleted while the
   * broker was down, or of an older one of the same name. Nothing is removed: the metadata may be what is wrong.
   */
  setAsideStrays(topicIdOf: (topic: string, partition: number) => Uuid | null): void {
    for (const directory of this.directories) {
      for (const { topic, partition } of directory.partitions) {
        if (topic === METADATA_TOPIC) continue
        const expected = topicIdOf(topic, partition)
        const found = this.#foundId(directory, topic, partition)
        if (found === 'unreadable' || (expected !== null && (found === null || found === expected))) continue
        this.log.warn(`${directory.path}/${topic}-${partition} is not a replica that belongs here: setting it aside`)
        directory.setAside(topic, partition)
        this.#unsettle(topic, partition)
      }
    }
  }

  /** Null when the log cannot be opened: the reason is in the log lines. The directory where that is for lack of space. */
  open(replica: OpenReplica): PartitionLog | LogDirectory | null {
    const { topic, partition } = replica
    const key = keyOf(topic, partition)
    const directory = this.#home.get(key) ?? this.#preferred.get(key) ?? this.#choose(replica.directoryId)
    if (directory === null || directory.failure !== null) return null
    try {
      const log = directory.openLog(replica)
      if (!replica.mayRest) log.wake()
      this.#settle(topic, partition, directory)
      this.#preferred.delete(key)
      this.#unusable.delete(key)
      return log
    } catch (error) {
      return this.#unusableIn(directory, key, error)
    }
  }

  /** As `open`, of a log whose files nobody has looked at so far: null where all is well. */
  wake(log: PartitionLog): { readonly retryIn: LogDirectory | null } | null {
    const key = keyOf(log.topic, log.partition)
    const directory = this.#home.get(key)!
    try {
      log.wake()
      return null
    } catch (error) {
      directory.letGo(log)
      return { retryIn: this.#unusableIn(directory, key, error) }
    }
  }

  homeOf(topic: string, partition: number): LogDirectory | null {
    return this.#home.get(keyOf(topic, partition)) ?? null
  }

  /** The replica is gone, and what lies of it cannot be reached. */
  forget(topic: string, partition: number): void {
    this.#unsettle(topic, partition)
  }

  /** Where the replica is to be made, should it not be there yet. */
  prefer(topic: string, partition: number, directory: LogDirectory): void {
    const key = keyOf(topic, partition)
    this.#preferred.delete(key)
    if (this.#preferred.size < PREFERRED_MAX) this.#preferred.set(key, directory)
  }

  /** Another directory holds the replica now: what lies in the one before goes after `delayMs`. */
  relocate(topic: string, partition: number, to: LogDirectory, delayMs: number): void {
    this.remove(topic, partition, delayMs)
    this.#settle(topic, partition, to)
  }

  /** Takes a replica away at once; its files go after `delayMs`. */
  remove(topic: string, partition: number, delayMs: number): void {
    this.#home.get(keyOf(topic, partition))?.remove(topic, partition, delayMs)
    this.#unsettle(topic, partition)
  }

  /** Nobody may say what it is of one that cannot be read; the others are not concerned. */
  #foundId(directory: LogDirectory, topic: string, partition: number): Uuid | null | 'unreadable' {
    try {
      return directory.topicIdOf(topic, partition)
    } catch (error) {
      this.#tellUnusable(directory, keyOf(topic, partition), error)
      return 'unreadable'
    }
  }

  #unusableIn(directory: LogDirectory, key: string, error: unknown): LogDirectory | null {
    this.#tellUnusable(directory, key, error)
    return isPassing(error) ? directory : null
  }

  #tellUnusable(directory: LogDirectory, key: string, error: unknown): void {
    if (this.#unusable.has(key)) return
    this.#unusable.add(key)
    const reason = error instanceof Error ? error.message : String(error)
    this.log.error(`${directory.path}/${key} cannot be opened: ${reason}`)
  }

  /** The directory that holds the fewest replicas, unless the controller has said which; null when that one is lost. */
  #choose(directoryId: Uuid | null): LogDirectory | null {
    const named = this.directories.find(({ metaProperties }) => metaProperties?.directoryId === directoryId)
    if (directoryId !== null && named !== undefined) return named
    if (directoryId !== null && this.rules.areSomeLost && isDirectory(directoryId)) return null
    const cordoned = this.rules.cordoned()
    const online = this.directories.filter(({ failure }) => failure === null)
    const open = online.filter(({ metaProperties }) => !cordoned.includes(metaProperties?.directoryId ?? ''))
    // A replica that was assigned by hand has to lie somewhere.
    const candidates = open.length > 0 ? open : online
    let fewest = candidates[0]
    if (fewest === undefined) throw new UserError('No log directory is left', 'Name at least one in log.dirs.')
    for (const directory of candidates) {
      if (this.#counts.get(directory)! < this.#counts.get(fewest)!) fewest = directory
    }
    return fewest
  }

  /** A crash in the moment in which a replica changes directories leaves it in both, whole: one is enough. */
  #find(topic: string, partition: number, directory: LogDirectory): void {
    const home = this.homeOf(topic, partition)
    if (home === null) {
      this.#settle(topic, partition, directory)
      return
    }
    this.log.warn(`${topic}-${partition} lies in ${home.path} and in ${directory.path}: setting the latter aside`)
    directory.setAside(topic, partition)
  }

  #settle(topic: string, partition: number, directory: LogDirectory): void {
    const key = keyOf(topic, partition)
    if (this.#home.has(key)) return
    this.#home.set(key, directory)
    this.#counts.set(directory, this.#counts.get(directory)! + 1)
  }

  #unsettle(topic: string, partition: number): void {
    const key = keyOf(topic, partition)
    const directory = this.#home.get(key)
    this.#unusable.delete(key)
    if (directory === undefined) return
    this.#home.delete(key)
    this.#counts.set(directory, this.#counts.get(directory)! - 1)
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}-${partition}`
}
