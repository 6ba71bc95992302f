import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { BrokerConfig } from './broker-config.js'
import type { Controller } from './controller.js'
import type { MetadataLog } from './metadata-log.js'

export interface LeaderBalanceOptions {
  readonly controller: Pick<Controller, 'electPreferredLeaders' | 'electUncleanLeaders'>
  readonly metadata: MetadataLog
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly log: Log
}

/**
 * What the active controller does from time to time without being asked: it has the preferred replicas lead again, and where
 * nobody leads and the topic allows it, replicas that were not in sync.
 */
export class LeaderBalance {
  readonly #options: LeaderBalanceOptions
  readonly #unsubscribe: () => void
  #timers: Timer[] = []

  constructor(options: LeaderBalanceOptions) {
    this.#options = options
    this.#unsubscribe = options.metadata.onController(() => this.#begin())
    this.#begin()
  }

  close(): void {
    this.#unsubscribe()
    this.#stop()
  }

  /** A new controller begins to count anew. */
  #begin(): void {
    this.#stop()
    const { metadata, controller, config } = this.#options
    if (!metadata.isActive) return
    if (config.boolean('auto.leader.rebalance.enable'))
      this.#every(
        () => config.long('leader.imbalance.check.interval.seconds') * 1000,
        () => controller.electPreferredLeaders(),
      )
    this.#every(
      () => config.long('unclean.leader.election.interval.ms'),
      () => controller.electUncleanLeaders(),
    )
  }

  #every(intervalMs: () => number, act: () => Promise<number>): void {
    const { clock, log } = this.#options
    const at = this.#timers.length
    const again = (): void => {
      this.#timers[at] = clock.after(intervalMs(), () => {
        again()
        act().then(
          (count) =>
            count > 0 && log.info(`${count} ${count === 1 ? 'partition has' : 'partitions have'} a new leader`),
          (error: Error) => log.debug(`No leaders were elected: ${error.message}`),
        )
      })
    }
    again()
  }

  #stop(): void {
    for (const timer of this.#timers) timer.cancel()
    this.#timers = []
  }
}
