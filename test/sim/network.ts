import type { Clock } from '../../src/base/clock.js'
import type { Random } from '../../src/base/random.js'
import type { ServedConnection } from '../../src/net/connection.js'
import { Link, NoAnswer } from './link.js'
import { Wire } from './wire.js'
import type { WorldClock } from './world-clock.js'

export interface NetworkFaults {
  /** One message in so many takes its connection down with it; 0: none. */
  cutOneIn: number
  /** One message in so many takes a thousand times as long as others; 0: none. */
  lateOneIn: number
  /** What any message between brokers takes at most. */
  readonly nodeDelayMsMax?: number
}

const DELAY_MS_MAX = 3
/** What a message that comes late takes at most: between brokers less than they wait for an answer before they ask again. */
const LATE_MS_MAX = { client: 3000, node: 1500 }

/** Where something runs: what happens there happens when it runs, and not while it stands still. */
export interface Site {
  /** What the network is cut by; clients have none. */
  readonly machine: string | null
  readonly run: (act: () => void) => void
}

/** Whoever takes connections; null while nobody does. */
export interface Host extends Site {
  accept: ((connection: ServedConnection) => void) | null
  readonly wires: Set<Wire>
  /** Which process it is, where there are several. */
  readonly label: string
  /** Whether clients cannot reach it. */
  readonly isShunned: boolean
}

/** A client, of which there is nothing but what it waits for. */
export const CLIENT: Site = { machine: null, run: (act) => act() }

/** Connections in memory: in each direction messages arrive late but in order, up to the moment when the connection breaks. */
export class Network {
  /** What waits for a way that is cut. */
  #stalled: { readonly from: Site; readonly to: Site; readonly act: () => void }[] = []
  readonly #cuts = new Set<string>()
  #wires = 0

  constructor(
    readonly clock: WorldClock,
    readonly random: Random,
    readonly faults: NetworkFaults,
    readonly run: (act: () => void) => void,
  ) {}

  /** @throws NoAnswer when nobody listens there, or can be reached */
  async connect(
    host: Host,
    clientId: string,
    from = CLIENT,
    clock: Clock = this.clock,
    timeoutMs = 2000,
  ): Promise<Link> {
    await this.clock.wait(this.delayMs(from))
    if (this.isCut(from, host) || this.isCut(host, from)) {
      await this.clock.wait(timeoutMs)
      throw new NoAnswer('timeout')
    }
    if (host.accept === null || (host.isShunned && from === CLIENT)) throw new NoAnswer('refused')
    const wire = new Wire(this, host, from, `${clientId}-${this.#wires++}`)
    host.wires.add(wire)
    host.run(() => {
      if (host.accept === null) wire.break()
      else host.accept(wire.server)
    })
    return new Link(this, wire, clientId, clock)
  }

  delayMs(from: Site): number {
    const { lateOneIn, nodeDelayMsMax = DELAY_MS_MAX } = this.faults
    const lateMs = from === CLIENT ? LATE_MS_MAX.client : LATE_MS_MAX.node
    const usualMs = from === CLIENT ? DELAY_MS_MAX : nodeDelayMsMax
    return lateOneIn > 0 && this.random.int(lateOneIn) === 0
      ? this.random.int(lateMs)
      : this.random.int(usualMs * 10) / 10
  }

  doesCut(): boolean {
    const { cutOneIn } = this.faults
    return cutOneIn > 0 && this.random.int(cutOneIn) === 0
  }

  isCut(from: Site, to: Site): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(`${from.machine}>${to.machine}`)
  }

  /** From here on nothing gets from one machine to another. */
  cut(from: string, to: string): void {
    this.#cuts.add(`${from}>${to}`)
  }

  heal(): void {
    this.#cuts.clear()
    for (const { act } of this.#stalled.splice(0)) this.run(act)
  }

  /** Now, or when the way is not cut any more. */
  across(from: Site, to: Site, act: () => void): void {
    if (this.isCut(from, to)) this.#stalled.push({ from, to, act })
    else act()
  }

  in(atMs: number, act: () => void): void {
    this.clock.at(atMs, () => this.run(act))
  }
}
