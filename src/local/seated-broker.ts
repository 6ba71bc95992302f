import type { Log } from '../base/log.js'
import type { NodeFaultSettings, QuorumView } from '../control/controlled.js'
import type { BrokerStanding } from '../control/controlled-cluster.js'
import type { Verb } from '../control/verb.js'
import type { BrokerRun } from './broker-run.js'
import type { Seat } from './seat.js'

export interface SeatedBrokerOptions {
  readonly seat: Seat
  readonly log: Log
  /** Begins another life. */
  run(faults: NodeFaultSettings): BrokerRun
  readonly onChange: () => void
}

const SOUND: NodeFaultSettings = { isPaused: false, lagMs: 0, cutFrom: [] }

/** One broker of a cluster through all its lives. Its lag and its cuts outlast them, as a bad network does. */
export class SeatedBroker {
  readonly #options: SeatedBrokerOptions
  #run: BrokerRun | null = null
  #isServing = false
  #ended: BrokerStanding = 'stopped'
  #reason: string | null = null
  #faults: NodeFaultSettings = SOUND
  clusterId: string | null = null

  constructor(options: SeatedBrokerOptions) {
    this.#options = options
  }

  get id(): number {
    return this.seat.id
  }

  get seat(): Seat {
    return this.#options.seat
  }

  get isUp(): boolean {
    return this.#run !== null
  }

  get isPaused(): boolean {
    return this.#faults.isPaused
  }

  get faults(): NodeFaultSettings {
    return this.#faults
  }

  get pid(): number | null {
    return this.#run?.pid ?? null
  }

  get standing(): BrokerStanding {
    if (this.#run === null) return this.#ended
    if (this.isPaused) return 'paused'
    return this.#isServing ? 'running' : 'starting'
  }

  get reason(): string | null {
    return this.#reason
  }

  /** Resolves when it serves. Does nothing where it runs. @throws UserError where it cannot start */
  async start(cutFrom: readonly number[]): Promise<void> {
    if (this.#run !== null) return
    this.#faults = { ...this.#faults, cutFrom }
    const run = this.#options.run(this.#faults)
    this.#run = run
    this.#isServing = false
    this.#reason = null
    void run.failed.then((reason) => this.#lost(run, reason))
    try {
      const { clusterId } = await run.served
      if (this.#run !== run) return
      this.clusterId = clusterId
      this.#isServing = true
    } catch (error) {
      if (this.#run !== run) return
      this.#lost(run, error instanceof Error ? error.message : String(error))
      throw error
    }
    this.#options.onChange()
  }

  async stop(allGo: boolean): Promise<void> {
    const run = this.#run
    if (run === null) return
    // Who is not in service yet, or stands still, cannot leave in order.
    await (this.#isServing && !this.isPaused ? run.stop(allGo) : run.kill())
    this.#gone(run, 'stopped')
  }

  async kill(): Promise<void> {
    const run = this.#run
    if (run === null) return
    this.#gone(run, 'killed')
    await run.kill()
  }

  pause(isPaused: boolean): Promise<void> {
    return this.#setFaults({ isPaused })
  }

  lag(lagMs: number): Promise<void> {
    return this.#setFaults({ lagMs })
  }

  cutFrom(cutFrom: readonly number[]): Promise<void> {
    return this.#setFaults({ cutFrom })
  }

  /** Null where it does not serve. */
  ask<A extends object, R>(verb: Verb<A, R>, asked: A): Promise<R> | null {
    return this.#isServing && !this.isPaused ? (this.#run?.ask(verb, asked) ?? null) : null
  }

  async quorum(): Promise<QuorumView | null> {
    return this.#isServing && !this.isPaused ? (this.#run?.quorum() ?? null) : null
  }

  async #setFaults(change: Partial<NodeFaultSettings>): Promise<void> {
    this.#faults = { ...this.#faults, ...change }
    await this.#run?.setFaults(this.#faults)
  }

  /** It has ended without having been told to. */
  #lost(run: BrokerRun, reason: string): void {
    if (this.#run !== run) return
    this.#options.log.error(`Broker ${this.id} is gone: ${reason}`)
    this.#gone(run, 'failed')
    this.#reason = reason
    this.#options.onChange()
  }

  #gone(run: BrokerRun, how: BrokerStanding): void {
    if (this.#run !== run) return
    this.#run = null
    this.#isServing = false
    this.#ended = how
    this.#faults = { ...this.#faults, isPaused: false }
  }
}
