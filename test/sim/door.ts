import type { ServedConnection } from '../../src/net/connection.js'
import type { Host } from './network.js'
import type { Wire } from './wire.js'

/** A listener of a machine: while nobody answers it, connections are refused. */
export class Door implements Host {
  accept: ((connection: ServedConnection) => void) | null = null
  readonly wires = new Set<Wire>()
  isShunned = false

  constructor(readonly owner: { readonly name: string; readonly label: string; run(act: () => void): void }) {}

  get machine(): string {
    return this.owner.name
  }

  get label(): string {
    return this.owner.label
  }

  readonly run = (act: () => void): void => this.owner.run(act)

  /** Whoever is connected is told so, each in its own time. */
  breakAll(): void {
    for (const wire of [...this.wires]) wire.break()
  }

  /** Nobody answers any more, from one moment to the next. */
  die(): void {
    this.accept = null
    for (const wire of this.wires) wire.serverDied()
    this.wires.clear()
  }
}
