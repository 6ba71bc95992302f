import type { Network, Site } from './network.js'

/** One direction of a connection: what is sent arrives in order, each in its own time, and not as long as the way is cut. */
export class Lane {
  readonly #queue: (() => void)[] = []
  #lastMs = 0

  constructor(
    readonly network: Network,
    readonly from: Site,
    readonly to: Site,
    /** By whose side the time is drawn that a message takes. */
    readonly opener: Site,
  ) {}

  send(act: () => void): void {
    this.#queue.push(act)
    this.#schedule()
  }

  /** What is on its way, and held up, does not arrive any more. */
  drop(): void {
    if (this.network.isCut(this.from, this.to)) this.#queue.length = 0
  }

  #schedule(): void {
    const { network } = this
    this.#lastMs = Math.max(this.#lastMs, network.clock.monotonicMs() + network.delayMs(this.opener))
    network.in(this.#lastMs, () => this.#arrive())
  }

  #arrive(): void {
    const { network, from, to } = this
    if (network.isCut(from, to)) network.across(from, to, () => this.#schedule())
    else this.#queue.shift()?.()
  }
}
