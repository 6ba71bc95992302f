import type { Clock } from '../base/clock.js'

/** A request may ask for seconds of work: so much of it in one turn of the event loop, and then it is somebody else's. */
const MS_PER_TURN = 20

/**
 * The work of all requests that ask for much, in turns. Who came first is done first: others keep no more than one turn's work
 * in memory until then. Requests that ask for little never wait.
 */
export class Turns {
  readonly #waiting: { readonly place: number; readonly go: () => void }[] = []
  #places = 0
  /** When the work of this turn began; null while there has been none. */
  #begunMs: number | null = null

  constructor(readonly clock: Clock) {}

  /** The turns of one request; `meter` is told while it works in one that it has waited for. */
  join(meter: Meter | null): OwnTurns {
    return new OwnTurns(this, meter)
  }

  /** Whether this turn has had its share. Who asks has begun to work. */
  get isSpent(): boolean {
    if (this.#begunMs === null) this.#begin()
    return this.clock.monotonicMs() - this.#begunMs! >= MS_PER_TURN
  }

  place(): number {
    return this.#places++
  }

  /** Resolves after whatever else is due, and after the turns of everybody before `place`. */
  next(place: number): Promise<void> {
    if (this.#begunMs === null) this.#begin()
    return new Promise((go) => {
      const later = this.#waiting.findIndex((other) => other.place > place)
      this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, { place, go })
    })
  }

  #begin(): void {
    this.#begunMs = this.clock.monotonicMs()
    setImmediate(() => {
      this.#begunMs = null
      const first = this.#waiting.shift()
      if (first === undefined) return
      this.#begin()
      first.go()
    })
  }
}

/** Counts the time that a request takes of others. */
interface Meter {
  resume(): void
  pause(): void
}

/** What one request does, with others in between. */
export class OwnTurns {
  readonly #all: Turns
  readonly #meter: Meter | null
  /** Among those who wait; null while it has not waited. */
  #place: number | null = null

  constructor(all: Turns, meter: Meter | null) {
    this.#all = all
    this.#meter = meter
  }

  get isSpent(): boolean {
    return this.#all.isSpent
  }

  async next(): Promise<void> {
    this.#meter?.pause()
    this.#place ??= this.#all.place()
    await this.#all.next(this.#place)
    this.#meter?.resume()
  }

  /** What `tell` says of each item, in their order; right away where that takes no longer than a turn. */
  map<Item, Told>(
    items: readonly Item[],
    tell: (item: Item, at: number) => Told | Promise<Told>,
  ): Told[] | Promise<Told[]> {
    const all: Told[] = []
    for (const [at, item] of items.entries()) {
      if (this.isSpent && at > 0) return this.#mapOn(all, items, tell)
      const told = tell(item, at)
      if (told instanceof Promise) return this.#mapOn(all, items, tell, told)
      all.push(told)
    }
    return all
  }

  async #mapOn<Item, Told>(
    all: Told[],
    items: readonly Item[],
    tell: (item: Item, at: number) => Told | Promise<Told>,
    begun: Promise<Told> | null = null,
  ): Promise<Told[]> {
    if (begun !== null) all.push(await this.#waitFor(begun))
    for (let at = all.length; at < items.length; at++) {
      if (this.isSpent) await this.next()
      const told = tell(items[at]!, at)
      all.push(told instanceof Promise ? await this.#waitFor(told) : told)
    }
    this.#meter?.pause()
    return all
  }

  async #waitFor<Told>(begun: Promise<Told>): Promise<Told> {
    this.#meter?.pause()
    const told = await begun
    this.#meter?.resume()
    return told
  }
}
