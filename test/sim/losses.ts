import { controllerImage, hasInSync, isCaughtUp, serves } from './cluster-state.js'
import type { Machine } from './machine.js'
import type { Place } from './topics.js'
import type { WorldClock } from './world-clock.js'

/** A request without an answer may reach who carries it out as late as this: a machine may have stood still with it. */
const LATE_MS = 6000

/**
 * Whose power has failed, and who still holds what they may have lost. Until a session ends they count as in sync, and a
 * controller would let what others hold be taken away, in Kafka too: whoever brings disasters or moves replicas asks here first.
 */
export class Losses {
  /** Over whom a disaster is at this moment. */
  readonly struck = new Set<Machine>()
  /** Who have not got back yet what they may have lost. */
  readonly #forgetful = new Set<Machine>()
  /** Moves of replicas of which it is not known whether they have begun. */
  #moves = 0

  constructor(
    readonly machines: readonly Machine[],
    readonly clock: WorldClock,
  ) {}

  /** Whether a disaster leaves every partition a replica that has forgotten nothing, where one is needed; it comes then. */
  admits(machine: Machine, isForgetting: boolean): boolean {
    this.#update()
    const isSafe = this.#moves === 0 && hasInSync(this.machines, this.#without(machine))
    if (!isSafe && (isForgetting || this.#forgetful.size > 0)) return false
    if (isForgetting) this.#forgetful.add(machine)
    return true
  }

  /** Whether a move leaves a partition such a replica; null as its target takes a move back. */
  admitsMove({ topic, partition }: Place, target: readonly number[] | null): boolean {
    this.#update()
    if (this.#forgetful.size === 0) return true
    const image = controllerImage(this.machines)?.partition(topic, partition)
    if (image == null) return false
    const without = this.#without()
    const stays = (id: number): boolean => target?.includes(id) ?? !image.addingReplicas.includes(id)
    return image.isr.some((id) => stays(id) && serves(this.machines[id]!, without))
  }

  /** Asks for a move; null where there was no answer. */
  async move<T>(ask: () => Promise<T | null>): Promise<T | null> {
    this.#moves++
    const answer = await ask()
    if (answer !== null) this.#moves--
    else void this.clock.wait(LATE_MS).then(() => this.#moves--)
    return answer
  }

  #without(...more: Machine[]): ReadonlySet<Machine> {
    return new Set([...this.#forgetful, ...this.struck, ...more])
  }

  #update(): void {
    for (const machine of this.#forgetful)
      if (!this.struck.has(machine) && isCaughtUp(this.machines, machine)) this.#forgetful.delete(machine)
  }
}
