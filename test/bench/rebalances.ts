import type { Peer } from '../../src/net/peer.js'
import { Heartbeat } from '../../src/protocol/messages/heartbeat.js'
import { JoinGroup } from '../../src/protocol/messages/join-group.js'
import { LeaveGroup } from '../../src/protocol/messages/leave-group.js'
import { SyncGroup } from '../../src/protocol/messages/sync-group.js'
import { subscription } from '../group/subscription.js'
import { joining } from '../support/group-clients.js'
import { asking, secondsOf, untilCoordinated } from './asking.js'
import { besideApache, type MeasuredBroker } from './brokers.js'
import { paired, valuesOf } from './paired.js'
import { type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'
import { ms } from './units.js'

const MEMBERS = 50
const HEARTBEAT_MS = 20
const JOIN_VERSION = 7
const SYNC_VERSION = 5
/** A coordinator that has just been found may not know its groups yet. */
const COORDINATOR_LOADING = 14
const MEMBER_ID_REQUIRED = 79
const REBALANCE_IN_PROGRESS = 27

/** A group whose members all come back at once when another one comes, and when it goes. */
export async function rebalances(scope: Scope): Promise<Row[]> {
  const rebalance = async (broker: MeasuredBroker, round: number): Promise<number> => {
    const peers = await Promise.all(Array.from({ length: MEMBERS + 1 }, () => asking(broker)))
    await untilCoordinated(peers[0]!, 'group', `members-${round}`)
    const members = peers.map((peer) => new Member(peer, `members-${round}`))
    const [regular, late] = [members.slice(0, MEMBERS), members[MEMBERS]!]
    await Promise.all(regular.map((member) => member.settle(regular)))
    const coming = await secondsOf(async () => {
      const last = late.rebalance()
      await regular[0]!.untilTold()
      await Promise.all([last, ...regular.map((member) => member.rebalance())])
    })
    await late.leave()
    const going = await secondsOf(() => Promise.all(regular.map((member) => member.rebalance())))
    for (const peer of peers) peer.close()
    return ((coming + going) * 1000) / 2
  }
  const results = await besideApache(
    scope,
    (brokers) => paired({ ...brokers, floor: null }, scope.rounds, { rebalance }, async () => {}),
    { 'group.initial.rebalance.delay.ms': '0' },
  )
  const what = `rebalance of a group of ${MEMBERS} members, until the last has its assignment`
  return [rowOf({ what, unit: ms, better: 'lower', goals: { apache: 1 } }, valuesOf(results.rebalance))]
}

class Member {
  #id = ''
  #generation = -1

  constructor(
    readonly peer: Peer,
    readonly groupId: string,
  ) {}

  /** Joins as often as others make it, until all are in one generation. */
  async settle(all: readonly Member[]): Promise<void> {
    for (;;) {
      if ((await this.#joinAndSync(-1)) === REBALANCE_IN_PROGRESS) continue
      while ((await this.#heartbeat()) !== REBALANCE_IN_PROGRESS) {
        if (all.every((other) => other.#generation === this.#generation)) return
        await waited(HEARTBEAT_MS)
      }
    }
  }

  /** Asks until the answer is that a rebalance has begun. */
  async untilTold(): Promise<void> {
    while ((await this.#heartbeat()) !== REBALANCE_IN_PROGRESS);
  }

  /** Joins the next generation. */
  async rebalance(): Promise<void> {
    const errorCode = await this.#joinAndSync(this.#generation)
    if (errorCode !== 0) throw new Error(`SyncGroup: ${errorCode}`)
  }

  async leave(): Promise<void> {
    const members = [{ memberId: this.#id, groupInstanceId: null }]
    await this.peer.call(LeaveGroup, 4, { groupId: this.groupId, members })
  }

  /** Returns the error of the last step. @param last generation that is over */
  async #joinAndSync(last: number): Promise<number> {
    const protocols = [{ name: 'range', metadata: subscription('orders') }]
    for (;;) {
      const request = joining(this.groupId, { memberId: this.#id, protocols })
      const answer = await this.peer.call(JoinGroup, JOIN_VERSION, request)
      this.#id = answer.memberId
      if (answer.errorCode === MEMBER_ID_REQUIRED) continue
      if (answer.errorCode === COORDINATOR_LOADING) {
        await waited(HEARTBEAT_MS)
        continue
      }
      if (answer.errorCode !== 0) throw new Error(`JoinGroup: ${answer.errorCode}`)
      this.#generation = answer.generationId
      if (answer.generationId > last) return this.#sync(answer.members)
    }
  }

  async #sync(members: readonly { readonly memberId: string }[]): Promise<number> {
    const assignments = members.map(({ memberId }) => ({ memberId, assignment: Buffer.alloc(20) }))
    const { errorCode } = await this.peer.call(SyncGroup, SYNC_VERSION, {
      ...{ groupId: this.groupId, generationId: this.#generation, memberId: this.#id },
      ...{ protocolType: 'consumer', protocolName: 'range', assignments },
    })
    return errorCode
  }

  async #heartbeat(): Promise<number> {
    const request = { groupId: this.groupId, generationId: this.#generation, memberId: this.#id }
    return (await this.peer.call(Heartbeat, 4, request)).errorCode
  }
}

function waited(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
