import type { Asker } from '../coordination/effects.js'
import { type JoinAnswer, NO_BYTES, type SyncAnswer } from './answers.js'

/** A way of sharing the partitions that a member knows, with what it has to say for it: bytes that only members read. */
export interface Protocol {
  readonly name: string
  readonly metadata: Buffer
}

export interface Member {
  readonly id: string
  /** Set for static members (KIP-345), who keep their place over a restart. */
  readonly instanceId: string | null
  readonly clientId: string
  /** As Java prints an address: `/127.0.0.1`. */
  readonly clientHost: string
  /** In the member's order of preference. */
  protocols: readonly Protocol[]
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  assignment: Buffer
  /** It has not seen the end of a rebalance yet. */
  isNew: boolean
  awaitingJoin: Asker<JoinAnswer> | null
  awaitingSync: Asker<SyncAnswer> | null
}

/** The members of a group by id, in the order in which they came, and the protocols that they share. */
export class Members {
  readonly #byId = new Map<string, Member>()
  readonly #idByInstance = new Map<string, string>()
  /** Protocol name → how many members know it. */
  readonly #knownBy = new Map<string, number>()
  /** Ids that were handed out and have not come back yet (KIP-394). */
  readonly pendingJoin = new Set<string>()
  /** Members whose SyncGroup is still to come in this generation. */
  readonly pendingSync = new Set<string>()

  get count(): number {
    return this.#byId.size
  }

  [Symbol.iterator](): IterableIterator<Member> {
    return this.#byId.values()
  }

  find(id: string): Member | null {
    return this.#byId.get(id) ?? null
  }

  idOfInstance(instanceId: string): string | null {
    return this.#idByInstance.get(instanceId) ?? null
  }

  add(member: Member): void {
    this.#byId.set(member.id, member)
    if (member.instanceId !== null) this.#idByInstance.set(member.instanceId, member.id)
    this.#count(member.protocols, 1)
    this.pendingJoin.delete(member.id)
  }

  remove(id: string): void {
    const member = this.#byId.get(id)
    if (member !== undefined) {
      this.#byId.delete(id)
      if (member.instanceId !== null) this.#idByInstance.delete(member.instanceId)
      this.#count(member.protocols, -1)
    }
    this.pendingJoin.delete(id)
    this.pendingSync.delete(id)
  }

  setProtocols(member: Member, protocols: readonly Protocol[]): void {
    this.#count(member.protocols, -1)
    member.protocols = protocols
    this.#count(protocols, 1)
  }

  get awaitingJoinCount(): number {
    let count = 0
    for (const member of this) if (member.awaitingJoin !== null) count++
    return count
  }

  /** Everyone who is known has come, also those whose id was only handed out. */
  get haveAllJoined(): boolean {
    return this.pendingJoin.size === 0 && this.awaitingJoinCount === this.count
  }

  /** The longest of the members' own; 0 without members. */
  get rebalanceTimeoutMs(): number {
    let longest = 0
    for (const member of this) longest = Math.max(longest, member.rebalanceTimeoutMs)
    return longest
  }

  /** Nobody objects where nobody is left: the last may go while a rebalance waits for more. */
  knownByAll(protocol: string): boolean {
    return (this.#knownBy.get(protocol) ?? 0) === this.count
  }

  /** Each member votes for the first of its protocols that all know. Whoever votes first wins a tie. */
  preferredProtocol(): string | null {
    const votes = new Map<string, number>()
    for (const { protocols } of this) {
      const vote = protocols.find((protocol) => this.knownByAll(protocol.name))
      if (vote !== undefined) votes.set(vote.name, (votes.get(vote.name) ?? 0) + 1)
    }
    let winner: string | null = null
    for (const [name, count] of votes) if (winner === null || count > votes.get(winner)!) winner = name
    return winner
  }

  #count(protocols: readonly Protocol[], by: 1 | -1): void {
    for (const name of new Set(protocols.map((protocol) => protocol.name))) {
      const count = (this.#knownBy.get(name) ?? 0) + by
      if (count === 0) this.#knownBy.delete(name)
      else this.#knownBy.set(name, count)
    }
  }
}

/** What the member has to say for a protocol; empty for one that it does not know. */
export function metadataFor(member: Member, protocol: string): Buffer {
  return member.protocols.find(({ name }) => name === protocol)?.metadata ?? NO_BYTES
}

/** Same protocols in the same order, each with the same metadata. */
export function hasSameProtocols(member: Member, protocols: readonly Protocol[]): boolean {
  return (
    member.protocols.length === protocols.length &&
    member.protocols.every(({ name, metadata }, index) => {
      const other = protocols[index]!
      return name === other.name && metadata.equals(other.metadata)
    })
  )
}
