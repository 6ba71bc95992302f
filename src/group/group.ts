import { assert } from '../base/assert.js'
import { ErrorCode } from '../protocol/errors.js'
import type { JoinedMember } from './answers.js'
import { type Member, Members, metadataFor, type Protocol } from './members.js'
import { subscribedTopics } from './subscription.js'

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

/** Where a group may come from. */
const PREVIOUS: Record<GroupState, readonly GroupState[]> = {
  /** No members; it may hold offsets. */
  Empty: ['PreparingRebalance'],
  /** Waits for members to join. */
  PreparingRebalance: ['Empty', 'CompletingRebalance', 'Stable'],
  /** The members have joined; waits for the leader's assignment. */
  CompletingRebalance: ['PreparingRebalance'],
  /** Every member has its assignment. */
  Stable: ['CompletingRebalance'],
  /** Being deleted, or led by another broker now: whoever asks is sent to look for the coordinator again. */
  Dead: ['Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable', 'Dead'],
}

/** The protocol type of Kafka's own consumers, whose metadata the broker can read. */
export const CONSUMER = 'consumer'

export interface RestoredGroup {
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly generation: number
  readonly leaderId: string | null
  readonly members: readonly Member[]
}

/** A group of the classic protocol: its members agree on a generation, and its leader shares out the work. */
export class Group {
  readonly members = new Members()
  generation = 0
  /** `consumer`, `connect` …; null until the first member has come. */
  protocolType: string | null = null
  /** What the members of this generation agreed on; null without members. */
  protocolName: string | null = null
  leaderId: string | null = null
  /** The first rebalance of an empty group waits for more members to come: how long at a time, and how long at most. */
  initialDelay: { delayMs: number; leftMs: number } | null = null
  /** The log knows of the group itself, and not only of its offsets. */
  isRecorded = false
  /** Somebody came during that wait. */
  newMemberAdded = false
  #state: GroupState = 'Empty'
  #previous: GroupState = 'Dead'
  #stateSinceMs: number
  #subscribedTopics: ReadonlySet<string> | null = null

  constructor(
    readonly id: string,
    now: number,
  ) {
    this.#stateSinceMs = now
  }

  /** As a record of the log has it: with members it is stable, for nothing else is written. */
  static restore(id: string, sinceMs: number, from: RestoredGroup): Group {
    const group = new Group(id, sinceMs)
    group.protocolType = from.protocolType
    group.protocolName = from.protocolName
    group.generation = from.generation
    group.leaderId = from.leaderId
    for (const member of from.members) group.members.add(member)
    if (from.members.length > 0) group.#state = 'Stable'
    group.isRecorded = true
    group.#subscribedTopics = subscribedTopics(group)
    return group
  }

  get state(): GroupState {
    return this.#state
  }

  get previousState(): GroupState {
    return this.#previous
  }

  /** Milliseconds since 1970. */
  get stateSinceMs(): number {
    return this.#stateSinceMs
  }

  get usesConsumerProtocol(): boolean {
    return this.protocolType === CONSUMER
  }

  get canRebalance(): boolean {
    return PREVIOUS.PreparingRebalance.includes(this.#state)
  }

  transitionTo(state: GroupState, now: number): void {
    assert(PREVIOUS[state].includes(this.#state), `group ${this.id} went from ${this.#state} to ${state}`)
    this.#previous = this.#state
    this.#state = state
    this.#stateSinceMs = now
  }

  /** The deletion that made it dead did not come about. */
  revive(): void {
    assert(this.#state === 'Dead' && this.members.count === 0, `group ${this.id} cannot be revived`)
    this.#state = 'Empty'
  }

  /** An empty group takes any protocol; otherwise one must be known to everybody. */
  supports(protocolType: string, protocols: readonly Protocol[]): boolean {
    if (this.#state === 'Empty') return protocolType !== '' && protocols.length > 0
    return this.protocolType === protocolType && protocols.some(({ name }) => this.members.knownByAll(name))
  }

  /** The first to come leads. */
  add(member: Member, protocolType: string): void {
    if (this.members.count === 0) this.protocolType = protocolType
    this.leaderId ??= member.id
    this.members.add(member)
  }

  /** Somebody else leads when the leader goes. */
  remove(memberId: string): void {
    this.members.remove(memberId)
    if (this.leaderId !== memberId) return
    const [next] = this.members
    this.leaderId = next?.id ?? null
  }

  /** A static member came back under a new id and takes the old one's place. */
  replaceMember(old: Member, memberId: string): Member {
    const isLeader = this.leaderId === old.id
    const member: Member = { ...old, id: memberId, isNew: false, awaitingJoin: null, awaitingSync: null }
    this.members.remove(old.id)
    this.members.add(member)
    if (isLeader) this.leaderId = memberId
    return member
  }

  /** Whether the request is from a member: 0, UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID for one that was replaced. */
  checkMember(memberId: string, instanceId: string | null): ErrorCode {
    if (instanceId !== null) {
      const current = this.members.idOfInstance(instanceId)
      if (current === null) return ErrorCode.UNKNOWN_MEMBER_ID
      if (current !== memberId) return ErrorCode.FENCED_INSTANCE_ID
    }
    return this.members.find(memberId) === null ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.NONE
  }

  /** Leaves the lead with a member that has joined again. False if nobody has. */
  electJoinedLeader(): boolean {
    if (this.leaderId === null) return false
    if (this.members.find(this.leaderId)?.awaitingJoin) return true
    for (const member of this.members) {
      if (member.awaitingJoin === null) continue
      this.leaderId = member.id
      return true
    }
    return false
  }

  /** The members that are here begin a generation together. */
  nextGeneration(now: number): void {
    this.generation++
    this.members.pendingSync.clear()
    this.protocolName = this.members.preferredProtocol()
    this.transitionTo(this.members.count > 0 ? 'CompletingRebalance' : 'Empty', now)
    this.#subscribedTopics = subscribedTopics(this)
  }

  /** What the leader needs to share out the work. */
  joinedMembers(): JoinedMember[] {
    return [...this.members].map((member) => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      metadata: metadataFor(member, this.protocolName ?? ''),
    }))
  }

  /** Where the members' subscriptions cannot be read, the answer is the careful one. */
  isSubscribedTo(topic: string): boolean {
    return this.#subscribedTopics?.has(topic) ?? this.usesConsumerProtocol
  }

  get knowsSubscriptions(): boolean {
    return this.#subscribedTopics !== null
  }
}
