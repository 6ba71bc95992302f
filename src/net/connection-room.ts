import type { Log } from '../base/log.js'

/** Of those that are there; more than one goes at a time, since who looks for them looks at all. */
const SHARE_CLOSED = 1 / 16

/** A connection, served or not yet. */
export interface Occupant {
  readonly lastActiveMs: number
  destroy(): void
}

/**
 * How many connections a process may have open, so that descriptors are left for files. When there are so many, those that have been
 * silent for longest make room for who comes: mostly they never said anything.
 */
export class ConnectionRoom {
  readonly #occupants = new Set<Occupant>()

  constructor(readonly connectionsMax = Number.POSITIVE_INFINITY) {}

  get count(): number {
    return this.#occupants.size
  }

  enter(occupant: Occupant, log: Log): void {
    if (this.#occupants.size >= this.connectionsMax) this.#closeSilent(log)
    this.#occupants.add(occupant)
  }

  leave(occupant: Occupant): void {
    this.#occupants.delete(occupant)
  }

  #closeSilent(log: Log): void {
    const bySilence = [...this.#occupants].sort((a, b) => a.lastActiveMs - b.lastActiveMs)
    const closed = bySilence.slice(0, Math.max(1, Math.floor(bySilence.length * SHARE_CLOSED)))
    log.warn(
      `${closed.length} connections that were silent for longest are closed: more than ${this.connectionsMax} at once would leave no descriptors for files (ulimit -n)`,
    )
    for (const occupant of closed) {
      this.#occupants.delete(occupant)
      occupant.destroy()
    }
  }
}
