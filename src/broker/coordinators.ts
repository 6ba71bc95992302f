import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { coordinatorPartition } from '../bytes/java-hash.js'
import type { Asker } from '../coordination/effects.js'
import { ErrorCode } from '../protocol/errors.js'
import { Coordinator, type Machine } from './coordinator.js'
import type { CoordinatorSettings } from './coordinator-writing.js'
import type { InternalTopic } from './internal-topics.js'
import type { MetadataLog } from './metadata-log.js'
import type { Partition } from './partition.js'
import type { Partitions } from './partitions.js'

export interface CoordinatorsOptions<State, Turn, TimerId, Own> {
  readonly clock: Clock
  readonly log: Log
  readonly metadata: MetadataLog
  readonly partitions: Partitions
  readonly topic: InternalTopic
  /** How many partitions the topic will have, while there is none. */
  readonly partitionCount: () => number
  readonly settings: CoordinatorSettings
  /** What is told to one who leaves out the name that there must be. */
  readonly unnamed: ErrorCode
  /** The state machine for a partition that this broker leads from now on. */
  readonly machine: (partition: Partition) => Machine<State, Turn, TimerId, Own>
}

/** The coordinators of one kind: one for each partition of their topic that this broker leads. */
export class Coordinators<State, Turn, TimerId, Own> {
  readonly #options: CoordinatorsOptions<State, Turn, TimerId, Own>
  readonly #byPartition = new Map<number, Coordinator<State, Turn, TimerId, Own>>()
  readonly #periodic = new Set<{ timer: Timer }>()
  readonly #unfollow: () => void

  constructor(options: CoordinatorsOptions<State, Turn, TimerId, Own>) {
    this.#options = options
    this.#unfollow = options.partitions.onLeadership((partition, role) => {
      if (partition.topic === options.topic) this.#follow(partition, role === 'leader')
    })
  }

  /** Which partition of the topic keeps what has this id; its leader is the coordinator. */
  partitionOf(id: string): number {
    const { metadata, topic, partitionCount } = this.#options
    return coordinatorPartition(id, metadata.image.topic(topic)?.partitions.length ?? partitionCount())
  }

  /** The coordinator of the id, or why it cannot be asked here and now. */
  find(id: string): Coordinator<State, Turn, TimerId, Own> | ErrorCode {
    return this.at(this.partitionOf(id))
  }

  /** As `find`, by the index of the partition. */
  at(index: number): Coordinator<State, Turn, TimerId, Own> | ErrorCode {
    const coordinator = this.#byPartition.get(index)
    if (coordinator === undefined) return ErrorCode.NOT_COORDINATOR
    const { availability } = coordinator
    return availability === ErrorCode.NONE ? coordinator : availability
  }

  /** Has the id's coordinator deal with an event; `refusal` makes the answer where there is none. */
  async ask<Answer>(
    id: string,
    event: (turn: Turn, asker: Asker<Answer>) => void,
    refusal: (error: ErrorCode) => Answer,
  ): Promise<Answer> {
    const coordinator = this.find(id)
    return typeof coordinator === 'number' ? refusal(coordinator) : coordinator.ask(event)
  }

  /** As `ask`, of something that must have a name: that is seen before it is known who coordinates it. */
  async askNamed<Answer>(
    id: string,
    event: (turn: Turn, asker: Asker<Answer>) => void,
    refusal: (error: ErrorCode) => Answer,
  ): Promise<Answer> {
    return id === '' ? refusal(this.#options.unnamed) : this.ask(id, event, refusal)
  }

  /** Every coordinator of this broker, those that are loading too. */
  all(): Iterable<Coordinator<State, Turn, TimerId, Own>> {
    return this.#byPartition.values()
  }

  /** Has every coordinator that can be asked deal with an event. */
  everywhere(event: (turn: Turn) => void): void {
    for (const coordinator of this.#byPartition.values()) {
      if (coordinator.availability === ErrorCode.NONE) coordinator.turn(event)
    }
  }

  close(): void {
    this.#unfollow()
    for (const { timer } of this.#periodic) timer.cancel()
    this.#periodic.clear()
    for (const coordinator of this.#byPartition.values()) coordinator.unload()
    this.#byPartition.clear()
  }

  /** From now on, after each interval, which is asked for each time. */
  protected periodically(intervalMs: () => number, event: (turn: Turn) => void): void {
    const { clock } = this.#options
    const act = (): void => {
      this.everywhere(event)
      periodic.timer = clock.after(intervalMs(), act)
    }
    const periodic = { timer: clock.after(intervalMs(), act) }
    this.#periodic.add(periodic)
  }

  #follow(partition: Partition, isLeader: boolean): void {
    this.#byPartition.get(partition.index)?.unload()
    this.#byPartition.delete(partition.index)
    if (!isLeader) return
    const { clock, log, settings, machine } = this.#options
    const coordinator = new Coordinator({ partition, clock, log, settings, machine: machine(partition) })
    this.#byPartition.set(partition.index, coordinator)
    void coordinator.load()
  }
}
