import type { Clock } from '../base/clock.js'
import type { Outcome } from '../coordination/effects.js'
import type { TimerId } from '../group/effects.js'
import { Groups, type Turn } from '../group/groups.js'
import { sessionTimeout } from '../group/heartbeat.js'
import { joinTimeout } from '../group/rebalance.js'
import { loaded, replay, unload } from '../group/replay.js'
import { syncTimeout } from '../group/sync.js'
import type { BrokerConfig } from './broker-config.js'
import type { Machine } from './coordinator.js'
import type { LoadedRecord } from './coordinator-loading.js'
import { groupConfig } from './group-config.js'

/** The groups of one partition of `__consumer_offsets`, as a coordinator runs them. */
export class GroupMachine implements Machine<Groups, Turn, TimerId, never> {
  readonly what = 'groups'
  readonly state: Groups
  readonly loaded = loaded
  readonly unload = unload
  readonly timers = { key: keyOf, runOut }
  readonly #clock: Clock

  constructor(config: BrokerConfig, clock: Clock) {
    this.state = new Groups(groupConfig(config))
    this.#clock = clock
  }

  turn(outcome: Outcome<TimerId>): Turn {
    return { ...outcome, groups: this.state }
  }

  replay(record: LoadedRecord): number | null {
    return replay(this.state, record, this.#clock.now())
  }

  endTransaction(producerId: bigint, isCommit: boolean): void {
    this.state.offsets.endTransaction(producerId, isCommit)
  }

  carryOut(own: never): never {
    return own
  }
}

function runOut(turn: Turn, { kind, groupId, memberId }: TimerId): void {
  if (kind === 'join') joinTimeout(turn, groupId)
  else if (kind === 'sync') syncTimeout(turn, groupId)
  else sessionTimeout(turn, groupId, memberId)
}

function keyOf({ kind, groupId, memberId }: TimerId): string {
  return `${kind}\0${groupId}\0${memberId}`
}
