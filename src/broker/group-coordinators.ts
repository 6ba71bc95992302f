import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { coordinatorPartition } from '../bytes/java-hash.js'
import { topicChanges } from '../cluster/image-changes.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import type { Asker } from '../coordination/effects.js'
import { topicsDeleted } from '../group/deletion.js'
import { expire } from '../group/expiry.js'
import type { Turn } from '../group/groups.js'
import { ErrorCode } from '../protocol/errors.js'
import type { BrokerConfig } from './broker-config.js'
import { Coordinator } from './coordinator.js'
import type { MetadataLog } from './metadata-log.js'
import type { Partition } from './partition.js'
import type { Partitions } from './partitions.js'

export const OFFSETS_TOPIC = '__consumer_offsets'

export interface GroupCoordinatorsOptions {
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly log: Log
  readonly metadata: MetadataLog
  readonly partitions: Partitions
}

/** The coordinators of all groups whose partition of `__consumer_offsets` this broker leads. */
export class GroupCoordinators {
  readonly #options: GroupCoordinatorsOptions
  readonly #byPartition = new Map<number, Coordinator>()
  readonly #unsubscribe: (() => void)[] = []
  #expiryTimer: Timer | null = null

  constructor(options: GroupCoordinatorsOptions) {
    this.#options = options
    const { partitions, metadata } = options
    this.#unsubscribe.push(
      partitions.onLeadership((partition, role) => {
        if (partition.topic === OFFSETS_TOPIC) this.#follow(partition, role === 'leader')
      }),
      metadata.subscribe((image, previous) => this.#forgetDeletedTopics(image, previous)),
    )
    this.#expireLater()
  }

  /** Which partition of the topic keeps the group; its leader is the group's coordinator. */
  partitionOf(groupId: string): number {
    const { metadata, config } = this.#options
    const count = metadata.image.topic(OFFSETS_TOPIC)?.partitions.length ?? config.int('offsets.topic.num.partitions')
    return coordinatorPartition(groupId, count)
  }

  /** The coordinator of the group, or why it cannot be asked here and now. */
  find(groupId: string): Coordinator | ErrorCode {
    const coordinator = this.#byPartition.get(this.partitionOf(groupId))
    if (coordinator === undefined) return ErrorCode.NOT_COORDINATOR
    const { availability } = coordinator
    return availability === ErrorCode.NONE ? coordinator : availability
  }

  /** Has the group's coordinator deal with an event; `refusal` makes the answer where there is none. */
  async ask<Answer>(
    groupId: string,
    event: (turn: Turn, asker: Asker<Answer>) => void,
    refusal: (error: ErrorCode) => Answer,
  ): Promise<Answer> {
    const coordinator = this.find(groupId)
    return typeof coordinator === 'number' ? refusal(coordinator) : coordinator.ask(event)
  }

  /** As `ask`, of a group that must have a name: that is seen before it is known who coordinates it. */
  async askNamed<Answer>(
    groupId: string,
    event: (turn: Turn, asker: Asker<Answer>) => void,
    refusal: (error: ErrorCode) => Answer,
  ): Promise<Answer> {
    return groupId === '' ? refusal(ErrorCode.INVALID_GROUP_ID) : this.ask(groupId, event, refusal)
  }

  /** Every coordinator of this broker, those that are loading too. */
  all(): Iterable<Coordinator> {
    return this.#byPartition.values()
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#expiryTimer?.cancel()
    for (const coordinator of this.#byPartition.values()) coordinator.unload()
    this.#byPartition.clear()
  }

  #follow(partition: Partition, isLeader: boolean): void {
    this.#byPartition.get(partition.index)?.unload()
    this.#byPartition.delete(partition.index)
    if (!isLeader) return
    const { config, clock, log } = this.#options
    const coordinator = new Coordinator({ partition, config, clock, log })
    this.#byPartition.set(partition.index, coordinator)
    void coordinator.load()
  }

  #forgetDeletedTopics(image: MetadataImage, previous: MetadataImage): void {
    const names = new Set(topicChanges(image, previous).deleted.map(({ name }) => name))
    if (names.size > 0) this.#everywhere((turn) => topicsDeleted(turn, names))
  }

  #expireLater(): void {
    const { clock, config } = this.#options
    this.#expiryTimer = clock.after(config.long('offsets.retention.check.interval.ms'), () => {
      this.#everywhere(expire)
      this.#expireLater()
    })
  }

  #everywhere(event: (turn: Turn) => void): void {
    for (const coordinator of this.#byPartition.values()) {
      if (coordinator.availability === ErrorCode.NONE) coordinator.turn(event)
    }
  }
}
