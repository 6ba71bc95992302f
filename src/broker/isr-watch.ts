import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { BrokerConfig } from './broker-config.js'
import type { Partitions } from './partitions.js'

export interface IsrWatchOptions {
  readonly partitions: Partitions
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly log: Log
}

/** Looks from time to time whether followers of what this broker leads have fallen behind: those are in sync no more. */
export class IsrWatch {
  readonly #options: IsrWatchOptions
  #timer: Timer | null = null

  constructor(options: IsrWatchOptions) {
    this.#options = options
    this.#again()
  }

  close(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #again(): void {
    const { clock, config } = this.#options
    this.#timer = clock.after(Math.max(1, config.long('replica.lag.time.max.ms') / 2), () => {
      this.#look()
      this.#again()
    })
  }

  #look(): void {
    const { partitions, log } = this.#options
    for (const partition of partitions.all()) {
      const lagging = partition.shrinkIsr()
      if (lagging.length > 0)
        log.info(`${partition.name} is to go on without ${lagging.join(', ')}, behind for too long`)
    }
  }
}
