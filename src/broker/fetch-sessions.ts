import type { Clock } from '../base/clock.js'
import type { Random } from '../base/random.js'
import { ZERO_UUID } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'
import type { Fetch } from '../protocol/messages/fetch.js'
import type { ReadRequest } from '../protocol/schema.js'
import { type AskedPartition, FetchSession } from './fetch-session.js'

/** Session ids are positive int32; 0 is "no session". */
const NO_SESSION = 0
const ID_MAX = 2 ** 31 - 1
/** Epochs with a meaning of their own: the request starts a session, or wants none. */
const INITIAL_EPOCH = 0
const FINAL_EPOCH = -1
/** A session that was not used for so long may make room for any other. */
const STALE_MS = 120_000
/** Of all sessions. Kafka counts the sessions alone, and one may have as many partitions as its client has names for. */
const PARTITIONS_MAX = 500_000

/** What a Fetch request comes down to once its session has been looked up. */
export type FetchPlan =
  | { readonly kind: 'refused'; readonly error: ErrorCode }
  /** Everything is in the request, and everything belongs into the answer; `session` is to be made with the answer. */
  | { readonly kind: 'full'; readonly partitions: readonly AskedPartition[]; readonly mayCreate: boolean }
  /** The session knows the partitions, and what of the answer is news to the client. */
  | {
      readonly kind: 'incremental'
      readonly session: FetchSession
      /** Of the session while this request is under way: a different one at the end means that another came between. */
      readonly epoch: number
      readonly partitions: readonly AskedPartition[]
    }

/** Incremental fetch sessions (KIP-227): who asks the same again and again need not repeat it. */
export class FetchSessions {
  readonly #sessions = new Map<number, FetchSession>()

  constructor(
    readonly clock: Clock,
    readonly random: Random,
    /** `max.incremental.fetch.session.cache.slots`. */
    readonly slots: number,
  ) {}

  get size(): number {
    return this.#sessions.size
  }

  plan(request: ReadRequest<typeof Fetch>, usesTopicIds: boolean): FetchPlan {
    const { sessionId, sessionEpoch } = request
    const isFull = sessionEpoch === INITIAL_EPOCH || sessionEpoch === FINAL_EPOCH
    if (isFull) {
      this.#sessions.delete(sessionId)
      return { kind: 'full', partitions: askedPartitions(request), mayCreate: sessionEpoch === INITIAL_EPOCH }
    }
    const session = this.#sessions.get(sessionId)
    if (session === undefined) return { kind: 'refused', error: ErrorCode.FETCH_SESSION_ID_NOT_FOUND }
    if (session.epoch !== sessionEpoch) return { kind: 'refused', error: ErrorCode.INVALID_FETCH_SESSION_EPOCH }
    if (session.usesTopicIds !== usesTopicIds) return { kind: 'refused', error: ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR }
    session.change(askedPartitions(request), request.forgottenTopicsData)
    if (request.topics.length > 0 && this.#partitionsHeld() > PARTITIONS_MAX) {
      this.#sessions.delete(sessionId)
      return { kind: 'refused', error: ErrorCode.FETCH_SESSION_ID_NOT_FOUND }
    }
    return this.#continue(session)
  }

  /**
   * Makes the session that a full request asked for, once its answer is known; null when there is no room.
   * `isFollower`: a replica's session may displace a consumer's.
   */
  create(o: {
    partitions: readonly AskedPartition[]
    usesTopicIds: boolean
    isFollower: boolean
  }): FetchSession | null {
    if (!this.#makeRoom(o.isFollower, o.partitions.length)) return null
    if (this.#partitionsHeld() + o.partitions.length > PARTITIONS_MAX) return null
    const session = new FetchSession({ ...o, id: this.#freeId(), createdMs: this.clock.monotonicMs() })
    this.#sessions.set(session.id, session)
    return session
  }

  #partitionsHeld(): number {
    let count = 0
    for (const { size } of this.#sessions.values()) count += size
    return count
  }

  #continue(session: FetchSession): FetchPlan {
    if (session.size === 0) {
      this.#sessions.delete(session.id)
      return { kind: 'full', partitions: [], mayCreate: false }
    }
    session.lastUsedMs = this.clock.monotonicMs()
    session.enterNextEpoch()
    return { kind: 'incremental', session, epoch: session.epoch, partitions: session.partitions() }
  }

  #freeId(): number {
    for (;;) {
      const id = 1 + this.random.int(ID_MAX)
      if (id !== NO_SESSION && !this.#sessions.has(id)) return id
    }
  }

  #makeRoom(isFollower: boolean, size: number): boolean {
    if (this.#sessions.size < this.slots) return true
    const displaced = this.#stalest() ?? this.#leastWorthy(isFollower, size)
    if (displaced === null) return false
    this.#sessions.delete(displaced.id)
    return true
  }

  #stalest(): FetchSession | null {
    let stalest: FetchSession | null = null
    for (const session of this.#sessions.values())
      if (stalest === null || session.lastUsedMs < stalest.lastUsedMs) stalest = session
    return stalest !== null && this.clock.monotonicMs() - stalest.lastUsedMs > STALE_MS ? stalest : null
  }

  /** A follower displaces a consumer; among equals the larger session displaces a smaller one that has had its time. */
  #leastWorthy(isFollower: boolean, size: number): FetchSession | null {
    let least: FetchSession | null = null
    for (const session of this.#sessions.values()) {
      const hadItsTime = this.clock.monotonicMs() - session.createdMs > STALE_MS
      const mayGo = isFollower && !session.isFollower ? true : hadItsTime && session.isFollower === isFollower
      if (!mayGo || (session.isFollower === isFollower && session.size > size)) continue
      if (least === null || worth(session) < worth(least)) least = session
    }
    return least
  }
}

function worth(session: FetchSession): number {
  return (session.isFollower ? 2 ** 40 : 0) + session.size
}

function askedPartitions(request: ReadRequest<typeof Fetch>): AskedPartition[] {
  const asked: AskedPartition[] = []
  for (const { topic, topicId, partitions } of request.topics) {
    for (const partition of partitions) asked.push({ topic, topicId: topicId ?? ZERO_UUID, ...partition })
  }
  return asked
}
