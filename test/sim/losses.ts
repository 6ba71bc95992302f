import { controllerImage, hasInSync, isCaughtUp, newestImage, serves } from './cluster-state.js'
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
  /** Who have not got back yet what they may have lost, with the broker epoch that they had. */
  readonly #forgetful = new Map<Machine, number>()
  /** Moves of replicas of which it is not known whether they have begun. */
  #moves = 0

  constructor(
    readonly machines: readonly Machine[],
    readonly clock: WorldClock,
  ) {}

  /**
   * Whether a disaster leaves every partition a replica that has forgotten nothing, where one is needed; it comes then. Who holds
   * what others have forgotten may stop for a while once the controller knows of them all.
   */
  admits(machine: Machine, isForgetting: boolean): boolean {
    this.#update()
    const isSafe = this.#moves === 0 && hasInSync(this.machines, this.#without(machine))
    const mayStop = this.#forgetful.size === 0 || (this.#moves === 0 && this.#areKnown)
    if (!isSafe && (isForgetting || !mayStop)) return false
    if (isForgetting) this.#forgetful.set(machine, newestImage(this.machines)!.brokers.get(machine.nodeId)?.epoch ?? -1)
    return true
  }

  /** Whether the controller has heard that a machine is gone, or came back as another broker. */
  isKnown(machine: Machine): boolean {
    const broker = controllerImage(this.machines)?.brokers.get(machine.nodeId)
    return broker !== undefined && (broker.fenced || broker.epoch !== this.#forgetful.get(machine))
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

  get #areKnown(): boolean {
    return [...this.#forgetful.keys()].every((machine) => this.isKnown(machine))
  }

  #without(...more: Machine[]): ReadonlySet<Machine> {
    return new Set([...this.#forgetful.keys(), ...this.struck, ...more])
  }

  #update(): void {
    for (const machine of this.#forgetful.keys())
      if (!this.struck.has(machine) && isCaughtUp(this.machines, machine)) this.#forgetful.delete(machine)
  }
}
