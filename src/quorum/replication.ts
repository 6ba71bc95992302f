import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'
import type { SnapshotId } from './effects.js'
import type { Turn } from './quorum.js'
import { lookAfterStanding } from './standing.js'
import { tellVoters } from './transitions.js'
import { heardOf, known, type QuorumAnswer } from './vote.js'
import { voterChangeCommitted } from './voter-changes.js'

export interface ReplicaFetch {
  /** -1 from who is no member: it reads, and counts for nothing. */
  readonly replicaId: number
  /** The directory of its log; the zero id where that is not said. */
  readonly directoryId?: Uuid
  /** -1 where it is not said. */
  readonly epoch: number
  readonly fetchOffset: number
  readonly lastFetchedEpoch: number
}

/** What a fetch is answered with. `read` is to be read from its fetch offset on. */
export type FetchDecision =
  | { readonly type: 'refused'; readonly answer: QuorumAnswer }
  | { readonly type: 'diverging'; readonly epoch: number; readonly endOffset: number }
  | { readonly type: 'snapshot'; readonly snapshot: SnapshotId }
  | { readonly type: 'read' }

/** A replica asks the leader for records; by that it says what it has. */
export function fetchRequested(turn: Turn, fetch: ReplicaFetch): FetchDecision {
  const { quorum, now } = turn
  const { epoch, replicaId, fetchOffset } = fetch
  const refused = leaderError(turn, epoch)
  if (refused !== ErrorCode.NONE) return { type: 'refused', answer: known(turn, refused) }
  const decision = compared(turn, fetch)
  if (decision.type !== 'read' || replicaId < 0 || replicaId === quorum.id) return decision
  const replica = { id: replicaId, directoryId: fetch.directoryId ?? ZERO_UUID }
  quorum.leading!.fetched(replica, fetchOffset, quorum.log.endOffset, now)
  advance(turn)
  return decision
}

/** The leader's own log has come so far that its records are in the file. */
export function written(turn: Turn): void {
  const { quorum, now } = turn
  const role = quorum.leading
  role?.wrote(quorum.log.endOffset, now)
  if (role !== null && role.voterSet !== quorum.voters) {
    role.follow(quorum.voters)
    if (quorum.log.kraftVersion > 0) role.described = null
    tellVoters(turn)
  }
  advance(turn)
}

export interface FetchAnswer extends QuorumAnswer {
  readonly from: number
  readonly diverging: { readonly epoch: number; readonly endOffset: number } | null
  readonly snapshot: SnapshotId | null
}

/** The leader has answered. True where its records are to be appended, and `appended` told afterwards. */
export function fetchAnswered(turn: Turn, answer: FetchAnswer): boolean {
  const { quorum, effects } = turn
  const wasAsked = quorum.role.name === 'follower' && quorum.leaderId === answer.from
  if (heardOf(turn, answer) || !wasAsked || answer.epoch !== quorum.epoch) return false
  if (answer.errorCode !== ErrorCode.NONE || quorum.role.name !== 'follower') return false
  const isFirst = !quorum.role.hasFetched
  quorum.role.hasFetched = true
  quorum.role.isLeaderGone = false
  effects.setTimer('fetch', quorum.config.fetchTimeoutMs)
  if (isFirst) lookAfterStanding(turn)
  if (answer.diverging !== null) effects.own({ type: 'truncate', endOffset: commonEnd(turn, answer.diverging) })
  else if (answer.snapshot !== null)
    effects.own({ type: 'fetch snapshot', snapshot: answer.snapshot, from: answer.from })
  else return true
  return false
}

/** The follower's log has grown, and this is what the leader said was committed. */
export function appended({ quorum, effects }: Turn, leaderHighWatermark: number): void {
  const highWatermark = Math.min(leaderHighWatermark, quorum.log.endOffset)
  if (highWatermark > quorum.log.highWatermark) effects.own({ type: 'advance high watermark', highWatermark })
}

/** A part of a snapshot counts as being heard from. */
export function snapshotPartReceived({ quorum, effects }: Turn): void {
  if (quorum.role.name === 'follower') effects.setTimer('fetch', quorum.config.fetchTimeoutMs)
}

/** Why this member does not answer for the log: it does not lead, or not in that epoch. */
export function leaderError({ quorum }: Turn, epoch: number): ErrorCode {
  if (epoch >= 0 && epoch < quorum.epoch) return ErrorCode.FENCED_LEADER_EPOCH
  if (epoch > quorum.epoch) return ErrorCode.UNKNOWN_LEADER_EPOCH
  return quorum.leading === null ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.NONE
}

/** Where the replica's log parts from this one, if it does (KIP-595); behind what was deleted it needs a snapshot (KIP-630). */
function compared({ quorum }: Turn, { fetchOffset, lastFetchedEpoch }: ReplicaFetch): FetchDecision {
  const { log } = quorum
  const snapshot = log.latestSnapshot
  if (fetchOffset < log.startOffset || (fetchOffset === 0 && log.startOffset > 0)) {
    return snapshot === null ? { type: 'diverging', epoch: 0, endOffset: 0 } : { type: 'snapshot', snapshot }
  }
  if (fetchOffset === 0 && lastFetchedEpoch <= 0) return { type: 'read' }
  if (fetchOffset === log.startOffset && snapshot?.endOffset === fetchOffset && snapshot.epoch === lastFetchedEpoch)
    return { type: 'read' }
  const end = log.endOffsetForEpoch(lastFetchedEpoch)
  if (end.epoch < 0) {
    return snapshot === null
      ? { type: 'diverging', epoch: 0, endOffset: log.startOffset }
      : { type: 'snapshot', snapshot }
  }
  const isPrefix = end.epoch === lastFetchedEpoch && fetchOffset <= end.endOffset
  return isPrefix ? { type: 'read' } : { type: 'diverging', epoch: end.epoch, endOffset: end.endOffset }
}

/** Up to where both logs may be the same; what is committed always is. */
function commonEnd({ quorum }: Turn, diverging: { readonly epoch: number; readonly endOffset: number }): number {
  const own = quorum.log.endOffsetForEpoch(diverging.epoch)
  const end = own.epoch === diverging.epoch ? Math.min(own.endOffset, diverging.endOffset) : own.endOffset
  return Math.max(end, quorum.log.highWatermark, quorum.log.startOffset)
}

function advance(turn: Turn): void {
  const { quorum, effects } = turn
  const committed = quorum.leading?.committedOffset ?? null
  if (committed === null || committed <= quorum.log.highWatermark) return
  effects.own({ type: 'advance high watermark', highWatermark: committed })
  voterChangeCommitted(turn, committed)
}
