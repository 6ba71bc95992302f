import { ErrorCode, isRetriable } from '../../protocol/errors.js'
import { Heartbeat } from '../../protocol/messages/heartbeat.js'
import { JoinGroup } from '../../protocol/messages/join-group.js'
import { LeaveGroup } from '../../protocol/messages/leave-group.js'
import { SyncGroup } from '../../protocol/messages/sync-group.js'
import type { ReadResponse } from '../../protocol/schema.js'
import type { Attempt, ClusterClient } from '../cluster-client.js'
import { CallTimeout, KafkaError } from '../kafka-error.js'
import type { TopicPartition } from '../topic-partition.js'
import { assignPartitions } from './assignors.js'
import type { AssignorName, ConsumerConfig } from './config.js'
import { HOLDS_NOTHING, heldBy, userDataFor } from './held-partitions.js'
import { assignedPartitions, assignmentBytes, readSubscription, subscriptionBytes } from './member-metadata.js'
import type { Committer } from './positions.js'

export interface GroupMemberOptions {
  /** For everything that is answered at once. */
  readonly client: ClusterClient
  /** For joining, which parks on its connection until all members are there. */
  readonly joinClient: ClusterClient
  readonly config: ConsumerConfig & { readonly groupId: string }
  /** How many partitions each of these topics has; topics that do not exist are left out. */
  countPartitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** What this member goes on reading while it joins again. */
  owned(): readonly TopicPartition[]
  /** The group knows this member no more: what it had is somebody else's. */
  onLost(): void
}

/** What a heartbeat says: all is well; the group comes together again; or the group does not know us any more. */
export type Standing = 'member' | 'rebalancing' | 'lost'

const PROTOCOL_TYPE = 'consumer'
/** How much longer than the coordinator may take an answer is waited for. */
const SLACK_MS = 5000
const GOODBYE_MS = 2000
const NO_GENERATION = -1

/** A member of a classic consumer group: joins, takes its share, keeps its place, leaves. */
export class GroupMember {
  readonly #o: GroupMemberOptions
  #memberId = ''
  #generationId = NO_GENERATION
  #isClosed = false
  /** What it was given last. */
  #last = HOLDS_NOTHING
  /** Whether this member divides the partitions. */
  isLeader = false

  constructor(options: GroupMemberOptions) {
    this.#o = options
  }

  get hasJoined(): boolean {
    return this.#generationId !== NO_GENERATION
  }

  get committer(): Committer {
    const { groupId, groupInstanceId } = this.#o.config
    return { groupId, groupInstanceId, generationId: this.#generationId, memberId: this.#memberId }
  }

  /**
   * Joins or joins again, as one who wants `topics`; resolves with the member's share. Null if it was closed first.
   * @throws KafkaError when the group cannot be joined.
   */
  async join(topics: readonly string[]): Promise<TopicPartition[] | null> {
    while (!this.#isClosed) {
      const joined = await this.#patiently('joinGroup', (attempt) => this.#askToJoin(attempt, topics))
      if (joined === null || !this.#hasJoined(joined)) continue
      const assignments = this.isLeader && !joined.skipAssignment ? await this.#divide(joined) : []
      const synced = await this.#patiently('syncGroup', (attempt) => this.#sync(attempt, joined, assignments))
      if (synced === null) continue
      if (synced.errorCode === ErrorCode.NONE) {
        const partitions = assignedPartitions(synced.assignment)
        this.#last = { partitions, generationId: this.#generationId }
        return partitions
      }
      this.#noteRefusal(synced.errorCode)
    }
    return null
  }

  async heartbeat(): Promise<Standing> {
    const { groupId, groupInstanceId, sessionTimeoutMs } = this.#o.config
    const request = { groupId, groupInstanceId, generationId: this.#generationId, memberId: this.#memberId }
    const act = async ({ connection, timeoutMs }: Attempt): Promise<ErrorCode> => {
      const { errorCode } = await connection.call(Heartbeat, request, { timeoutMs })
      throwIfCoordinatorMoved(errorCode)
      return errorCode
    }
    const code = await this.#o.client.run('heartbeat', { coordinator: groupId }, act, sessionTimeoutMs)
    if (code === ErrorCode.NONE) return 'member'
    if (code === ErrorCode.REBALANCE_IN_PROGRESS) return 'rebalancing'
    this.#noteRefusal(code)
    return 'lost'
  }

  /** Says goodbye, so that the others need not wait for the session to run out. Static members stay. */
  async leave(): Promise<void> {
    this.#isClosed = true
    const { groupId, groupInstanceId } = this.#o.config
    if (this.#memberId === '' || groupInstanceId !== null) return
    const member = { memberId: this.#memberId, reason: 'the consumer is being closed' }
    const act = async ({ connection, timeoutMs }: Attempt): Promise<void> => {
      const isListed = (connection.version(LeaveGroup) ?? 0) >= 3
      const who = isListed ? { memberId: '', members: [member] } : { memberId: member.memberId, members: [] }
      await connection.call(LeaveGroup, { groupId, ...who }, { timeoutMs })
    }
    await this.#o.client.run('leaveGroup', { coordinator: groupId }, act, GOODBYE_MS).catch(() => {})
    this.#memberId = ''
  }

  /** Runs `act` at the coordinator until it answers; null if this was closed, or after a long time, to look again. */
  async #patiently<T>(name: string, act: (attempt: Attempt) => Promise<T>): Promise<T | null> {
    const { joinClient, config } = this.#o
    const timeoutMs = config.rebalanceTimeoutMs + SLACK_MS
    const tryAct = async (attempt: Attempt): Promise<T | null> =>
      this.#isClosed ? null : await act({ ...attempt, timeoutMs })
    try {
      return await joinClient.run(name, { coordinator: config.groupId }, tryAct, timeoutMs)
    } catch (error) {
      if (error instanceof CallTimeout) return null
      throw error
    }
  }

  async #askToJoin(
    { connection, timeoutMs }: Attempt,
    topics: readonly string[],
  ): Promise<ReadResponse<typeof JoinGroup>> {
    const { groupId, groupInstanceId, sessionTimeoutMs, rebalanceTimeoutMs, assignors } = this.#o.config
    const owned = this.#o.owned()
    const generationId = this.hasJoined ? this.#last.generationId : NO_GENERATION
    const metadata = (name: AssignorName): Buffer =>
      subscriptionBytes({ topics, owned, generationId, userData: userDataFor(name, this.#last) })
    const request = {
      groupId,
      groupInstanceId,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      memberId: this.#memberId,
      protocolType: PROTOCOL_TYPE,
      protocols: assignors.map((name) => ({ name, metadata: metadata(name) })),
    }
    const response = await connection.call(JoinGroup, request, { timeoutMs })
    throwIfCoordinatorMoved(response.errorCode)
    return response
  }

  /** False when it has to be tried again. */
  #hasJoined(joined: ReadResponse<typeof JoinGroup>): boolean {
    if (joined.errorCode === ErrorCode.MEMBER_ID_REQUIRED) this.#memberId = joined.memberId
    else if (joined.errorCode !== ErrorCode.NONE) this.#noteRefusal(joined.errorCode)
    if (joined.errorCode !== ErrorCode.NONE) return false
    this.#memberId = joined.memberId
    this.#generationId = joined.generationId
    this.isLeader = joined.leader === joined.memberId
    return true
  }

  async #divide(joined: ReadResponse<typeof JoinGroup>): Promise<{ memberId: string; assignment: Buffer }[]> {
    const assignor = joined.protocolName as AssignorName
    const members = joined.members.map(({ memberId, groupInstanceId, metadata }) => {
      const subscription = readSubscription(metadata)
      return { memberId, groupInstanceId, topics: subscription.topics, held: heldBy(assignor, subscription) }
    })
    const wanted = new Set(members.flatMap(({ topics }) => topics))
    const counts = await this.#o.countPartitions([...wanted].sort())
    const shares = assignPartitions(assignor, members, counts)
    return [...shares].map(([memberId, partitions]) => ({ memberId, assignment: assignmentBytes(partitions) }))
  }

  async #sync(
    { connection, timeoutMs }: Attempt,
    joined: ReadResponse<typeof JoinGroup>,
    assignments: { memberId: string; assignment: Buffer }[],
  ): Promise<ReadResponse<typeof SyncGroup>> {
    const { groupId, groupInstanceId } = this.#o.config
    const request = {
      groupId,
      groupInstanceId,
      generationId: this.#generationId,
      memberId: this.#memberId,
      protocolType: PROTOCOL_TYPE,
      protocolName: joined.protocolName,
      assignments,
    }
    const response = await connection.call(SyncGroup, request, { timeoutMs })
    throwIfCoordinatorMoved(response.errorCode)
    return response
  }

  /** @throws KafkaError when joining again is no use. */
  #noteRefusal(code: ErrorCode): void {
    if (code === ErrorCode.UNKNOWN_MEMBER_ID) this.#memberId = ''
    const mayJoinAgain = code === ErrorCode.UNKNOWN_MEMBER_ID || code === ErrorCode.ILLEGAL_GENERATION
    if (!mayJoinAgain && code !== ErrorCode.REBALANCE_IN_PROGRESS && !isRetriable(code)) throw this.#failure(code)
    if (code === ErrorCode.REBALANCE_IN_PROGRESS) return
    this.#generationId = NO_GENERATION
    if (mayJoinAgain) this.#o.onLost()
  }

  #failure(code: ErrorCode): KafkaError {
    const { groupId } = this.#o.config
    if (code === ErrorCode.GROUP_AUTHORIZATION_FAILED) {
      return new KafkaError(code, `Not authorized to access group: ${groupId}`)
    }
    if (code === ErrorCode.GROUP_MAX_SIZE_REACHED) {
      return new KafkaError(code, `Consumer group ${groupId} already has the configured maximum number of members.`)
    }
    return new KafkaError(code)
  }
}

const COORDINATOR_MOVED = new Set<ErrorCode>([
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.NOT_COORDINATOR,
])

function throwIfCoordinatorMoved(code: ErrorCode): void {
  if (COORDINATOR_MOVED.has(code)) throw new KafkaError(code)
}
