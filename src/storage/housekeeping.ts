import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { type CleanerSettings, LogCleaner } from './log-cleaner.js'
import type { LogDirectory } from './log-directory.js'
import { LogRetention } from './log-retention.js'

/** How often what is done, in milliseconds, under the names of the broker's settings. */
export interface HousekeepingTimes {
  readonly logFlushOffsetCheckpointIntervalMs: number
  readonly logFlushStartOffsetCheckpointIntervalMs: number
  readonly replicaHighWatermarkCheckpointIntervalMs: number
  readonly logRetentionCheckIntervalMs: number
  readonly logInitialTaskDelayMs: number
  readonly producerIdExpirationCheckIntervalMs: number
}

/** What log directories want done again and again: checkpoints, retention, compaction, forgetting idle producers. */
export class Housekeeping {
  readonly cleaner: LogCleaner
  readonly retention: LogRetention
  readonly #timers = new Map<string, Timer>()
  #isStopped = false

  constructor(
    readonly directories: readonly LogDirectory[],
    readonly clock: Clock,
    readonly log: Log,
    times: HousekeepingTimes,
    cleanerSettings: () => CleanerSettings,
  ) {
    const first = times.logInitialTaskDelayMs
    this.#repeat('recovery point checkpoint', first, times.logFlushOffsetCheckpointIntervalMs, (directory) =>
      directory.checkpoint('recoveryPoint'),
    )
    this.#repeat('log start checkpoint', first, times.logFlushStartOffsetCheckpointIntervalMs, (directory) =>
      directory.checkpoint('logStartOffset'),
    )
    const watermarks = times.replicaHighWatermarkCheckpointIntervalMs
    this.#repeat('high watermark checkpoint', watermarks, watermarks, (directory) =>
      directory.checkpoint('highWatermark'),
    )
    this.retention = new LogRetention(clock, log)
    this.#repeat('retention', first, times.logRetentionCheckIntervalMs, (directory) =>
      this.retention.pruneAll(directory),
    )
    const expiry = times.producerIdExpirationCheckIntervalMs
    this.#repeat('producer expiry', expiry, expiry, (directory) => directory.expireProducers())
    this.cleaner = new LogCleaner(directories, clock, log, cleanerSettings)
  }

  stop(): void {
    this.#isStopped = true
    this.cleaner.stop()
    this.retention.stop()
    for (const timer of this.#timers.values()) timer.cancel()
  }

  #repeat(name: string, delayMs: number, intervalMs: number, act: (directory: LogDirectory) => void): void {
    const run = (): void => {
      for (const directory of this.directories) this.#try(name, () => act(directory))
      if (!this.#isStopped) this.#timers.set(name, this.clock.after(intervalMs, run))
    }
    this.#timers.set(name, this.clock.after(delayMs, run))
  }

  #try(name: string, act: () => void): void {
    try {
      act()
    } catch (error) {
      this.log.error(`The ${name} failed: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}
