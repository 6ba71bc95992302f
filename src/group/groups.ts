import { CommittedOffsets } from './committed-offsets.js'
import type { GroupEffects } from './effects.js'
import { Group } from './group.js'

/** What of the broker's settings concerns groups; read each time, because they can change. */
export interface GroupConfig {
  readonly sessionTimeoutMsMin: number
  readonly sessionTimeoutMsMax: number
  readonly membersMax: number
  readonly initialRebalanceDelayMs: number
  /** In characters. */
  readonly offsetMetadataMax: number
  readonly offsetsRetentionMs: number
}

/** Everything that one coordinator knows: the groups whose id leads to one partition of `__consumer_offsets`. */
export class Groups {
  readonly offsets = new CommittedOffsets()
  readonly #byId = new Map<string, Group>()

  constructor(readonly config: GroupConfig) {}

  find(id: string): Group | null {
    return this.#byId.get(id) ?? null
  }

  findOrCreate(id: string, now: number): Group {
    return this.#byId.get(id) ?? this.put(new Group(id, now))
  }

  put(group: Group): Group {
    this.#byId.set(group.id, group)
    return group
  }

  remove(id: string): void {
    this.#byId.delete(id)
  }

  [Symbol.iterator](): IterableIterator<Group> {
    return this.#byId.values()
  }
}

/** One event being dealt with: what there is, when it is, and what the outside world is asked to do about it. */
export interface Turn {
  readonly groups: Groups
  readonly now: number
  readonly effects: GroupEffects
}
