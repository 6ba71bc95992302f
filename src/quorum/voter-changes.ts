import type { Asker } from '../coordination/effects.js'
import { ErrorCode, errorMessage, errorName } from '../protocol/errors.js'
import type { VoterRecords } from './effects.js'
import { resign } from './epochs.js'
import type { Quorum, Turn } from './quorum.js'
import { endpointNamed, type ReplicaKey, replicaText, type Voter, type VoterSet } from './voter-set.js'

/** How long a replica that is to get a vote may not have been heard of. */
const CAUGHT_UP_WITHIN_MS = 60 * 60 * 1000
const KRAFT_VERSION = 'kraft.version'

export interface VoterChangeAnswer {
  readonly errorCode: ErrorCode
  readonly errorMessage: string | null
}

/** A change of the voters that is under way. */
export interface PendingVoterChange {
  readonly asker: Asker<VoterChangeAnswer>
  /** Who is to get a vote; null where somebody loses it. */
  readonly added: Omit<Voter, 'kraftVersions'> | null
  readonly ackWhenCommitted: boolean
  /** Where its record is; null as long as it is not in the log. */
  readonly offset: number | null
}

export interface VoterVersions {
  readonly errorCode: ErrorCode
  /** Null where it does not know of the feature. */
  readonly kraftVersions: Voter['kraftVersions'] | null
}

export interface AddVoterRequest {
  readonly voter: Omit<Voter, 'kraftVersions'>
  /** Of the listener at which voters find one another. */
  readonly listenerName: string
  /** Otherwise it is answered when the record is in the leader's log (KIP-1186). */
  readonly ackWhenCommitted: boolean
}

/** Somebody is to get a vote. It is asked what it can do before. */
export function addVoterRequested(turn: Turn, request: AddVoterRequest, asker: Asker<VoterChangeAnswer>): void {
  const { quorum, effects } = turn
  const { voter, ackWhenCommitted } = request
  const refused = addingProblem(turn, request)
  if (refused === null) {
    quorum.leading!.pending = { asker, added: voter, ackWhenCommitted, offset: null }
    effects.setTimer('voter change', quorum.config.requestTimeoutMs)
    effects.own({ type: 'ask versions', voter })
  } else effects.reply(asker, refused)
}

function addingProblem(turn: Turn, { voter, listenerName }: AddVoterRequest): VoterChangeAnswer | null {
  if (endpointNamed(voter.endpoints, listenerName) === null) {
    const given = voter.endpoints.map(({ name, host, port }) => `ListenerName(${name})=${host}/<unresolved>:${port}`)
    const what = `Add voter request didn't include the endpoint (Endpoints(endpoints={${given.join(', ')}}))`
    return answer(ErrorCode.INVALID_REQUEST, `${what} for the default listener ListenerName(${listenerName})`)
  }
  const current = changeableVoters(turn, 'adding')
  if (!('voters' in current)) return current
  if (current.voters.get(voter.id) === null) return null
  const known = votersText(current.voters)
  const reason = `The voter id for ${replicaText(voter)} is already part of the set of voters ${known}.`
  return answer(ErrorCode.DUPLICATE_VOTER, reason)
}

/** Who is to get a vote has said which levels of `kraft.version` it can run at, if any; or it has not answered. */
export function voterVersionsAnswered(turn: Turn, from: ReplicaKey, told: VoterVersions): void {
  const { quorum, effects } = turn
  const role = quorum.leading
  const pending = role?.pending
  const added = pending?.added
  if (role === null || pending == null || added == null || pending.offset !== null || added.id !== from.id) return
  const refused = joiningProblem(turn, added, told)
  const { kraftVersions } = told
  if (refused !== null || kraftVersions === null) settle(turn, refused!)
  else {
    role.pending = { ...pending, offset: quorum.log.endOffset }
    const voters = quorum.voters.with({ ...added, kraftVersions })
    effects.own({ type: 'append voters', records: { kraftVersion: null, voters } })
    if (!pending.ackWhenCommitted) effects.reply(pending.asker, answer(ErrorCode.NONE, null))
  }
}

function joiningProblem(
  { quorum, now }: Turn,
  added: ReplicaKey,
  { errorCode, kraftVersions: range }: VoterVersions,
): VoterChangeAnswer | null {
  const aborted = `Aborted add voter operation for ${replicaText(added)} since`
  if (errorCode !== ErrorCode.NONE) {
    const reason = `Aborted add voter operation for since API_VERSIONS returned an error ${errorName(errorCode)}`
    return answer(ErrorCode.REQUEST_TIMED_OUT, reason)
  }
  const { kraftVersion } = quorum.log
  if (range === null || range.min > kraftVersion || range.max < kraftVersion) {
    const given = range === null ? '(min: 0, max: 0)' : `(min: ${range.min}, max: ${range.max}`
    const what = `the ${KRAFT_VERSION} range ${given} doesn't support the finalized version ${kraftVersion}`
    return answer(ErrorCode.INVALID_REQUEST, `${aborted} ${what}`)
  }
  // With a voter that lacks half of the log nothing could be committed until it has it.
  const progress = quorum.leading!.progressOf(added)
  const isCaughtUp =
    progress !== undefined && progress.lastCaughtUpMs >= 0 && progress.lastFetchMs > now - CAUGHT_UP_WITHIN_MS
  return isCaughtUp ? null : answer(ErrorCode.REQUEST_TIMED_OUT, `${aborted} it is lagging behind`)
}

/** Somebody is to lose its vote. */
export function removeVoterRequested(turn: Turn, voter: ReplicaKey, asker: Asker<VoterChangeAnswer>): void {
  const { quorum, effects } = turn
  const current = changeableVoters(turn, 'removing')
  if (!('voters' in current)) effects.reply(asker, current)
  else if (current.voters.get(voter.id)?.directoryId !== voter.directoryId || current.voters.size === 1) {
    const reason = `Cannot remove voter ${replicaText(voter)} from the set of voters ${votersText(current.voters)}`
    effects.reply(asker, answer(ErrorCode.VOTER_NOT_FOUND, reason))
  } else {
    quorum.leading!.pending = { asker, added: null, ackWhenCommitted: true, offset: quorum.log.endOffset }
    effects.setTimer('voter change', quorum.config.requestTimeoutMs)
    effects.own({ type: 'append voters', records: { kraftVersion: null, voters: current.voters.without(voter.id) } })
  }
}

/** The voters, if they may be changed now: one change at a time, and none that an earlier leader's could contradict. */
function changeableVoters({ quorum }: Turn, doing: string): { readonly voters: VoterSet } | VoterChangeAnswer {
  const { leading: role, log } = quorum
  if (role === null) return answer(ErrorCode.NOT_LEADER_OR_FOLLOWER, errorMessage(ErrorCode.NOT_LEADER_OR_FOLLOWER))
  const wait = (what: string): VoterChangeAnswer =>
    answer(ErrorCode.REQUEST_TIMED_OUT, `Request timed out waiting for ${what}`)
  if (role.pending !== null) return wait('leader to handle previous voter change request')
  if (log.highWatermark <= role.epochStartOffset)
    return wait('leader to establish HWM and fence previous voter changes')
  if (log.kraftVersion === 0) {
    const reason = `Cluster doesn't support ${doing} voter because the ${KRAFT_VERSION} feature is 0`
    return answer(ErrorCode.UNSUPPORTED_VERSION, reason)
  }
  const { voters: logged, highWatermark } = log
  if (logged !== null && logged.offset < highWatermark) return { voters: logged.voters }
  const where = logged === null ? 'Optional.empty' : `Optional[${logged.offset}]`
  return wait(`voters to commit the latest voter change at ${where} with HWM ${highWatermark}`)
}

/** A voter tells what it is. @returns NONE where that is written down, or was. */
export function updateVoterRequested(turn: Turn, voter: Voter, listenerName: string): ErrorCode {
  const { quorum, effects } = turn
  const { log } = quorum
  const role = quorum.leading!
  if (role.pending !== null || log.highWatermark <= role.epochStartOffset) return ErrorCode.REQUEST_TIMED_OUT
  const isDynamic = log.kraftVersion > 0
  const isCommitted = log.voters !== null && log.voters.offset < log.highWatermark
  const voters = isDynamic ? (isCommitted ? log.voters.voters : null) : role.described
  if (voters === null) return ErrorCode.REQUEST_TIMED_OUT
  const { min, max } = voter.kraftVersions
  if (min > log.kraftVersion || max < log.kraftVersion) return ErrorCode.INVALID_REQUEST
  if (endpointNamed(voter.endpoints, listenerName) === null) return ErrorCode.INVALID_REQUEST
  if (isDynamic ? !voters.has(voter) : voters.get(voter.id) === null) return ErrorCode.VOTER_NOT_FOUND
  const updated = voters.with(voter)
  if (isDynamic) effects.own({ type: 'append voters', records: { kraftVersion: null, voters: updated } })
  else role.described = updated
  return ErrorCode.NONE
}

/** Why `kraft.version` cannot be that level; null where it can, or is. */
export function kraftUpgradeProblem({ leading: role, log, voters }: Quorum, level: number): string | null {
  const current = log.kraftVersion
  if (level === current) return null
  const what = `Invalid upgrade of ${KRAFT_VERSION} from version ${current} to ${level}`
  if (level < current) return `${what} because the new version is a downgrade`
  const described = role?.described ?? null
  if (described === null) return what
  const isComplete = described.ids.join() === voters.ids.join()
  if (isComplete && described.supports(level)) return null
  return `Invalid upgrade of ${KRAFT_VERSION} to ${level} because not all of the voters support it`
}

/** Leader only, where nothing speaks against it: writes the voters into the log, by which they go from then on. */
export function upgradeKraftVersion({ quorum, effects }: Turn, level: number): void {
  const described = quorum.leading?.described ?? null
  if (level === quorum.log.kraftVersion || described === null) return
  effects.own({ type: 'append voters', records: { kraftVersion: level, voters: described } })
}

/**
 * What a leader says of the voters when it begins. Those that were formatted with the log stand beside it, where no follower sees
 * them; and the leader may be elsewhere by now.
 */
export function recordsAtEpochStart({ log, self }: Quorum): VoterRecords | null {
  const { voters: logged, kraftVersion } = log
  if (kraftVersion === 0 || logged === null) return null
  if (logged.offset >= 0 && !logged.voters.isOutdated(self)) return null
  return { kraftVersion, voters: logged.voters.with(self) }
}

/** Everything below `highWatermark` is committed. Who leads without a vote, once that is settled, steps down. */
export function voterChangeCommitted(turn: Turn, highWatermark: number): void {
  const { log, leading, isVoter } = turn.quorum
  const offset = leading?.pending?.offset ?? null
  if (offset !== null && highWatermark > offset) settle(turn, answer(ErrorCode.NONE, null))
  if (!isVoter && log.voters !== null && highWatermark > log.voters.offset) resign(turn)
}

export function voterChangeRanOut(turn: Turn): void {
  settle(turn, answer(ErrorCode.REQUEST_TIMED_OUT, errorMessage(ErrorCode.REQUEST_TIMED_OUT)))
}

/** Who has asked a leader that leads no more has to ask the next one. */
export function dropVoterChange(turn: Turn): void {
  settle(turn, answer(ErrorCode.NOT_LEADER_OR_FOLLOWER, errorMessage(ErrorCode.NOT_LEADER_OR_FOLLOWER)))
}

function settle({ quorum, effects }: Turn, outcome: VoterChangeAnswer): void {
  const role = quorum.leading
  if (role === null || role.pending === null) return
  const { asker, ackWhenCommitted, offset } = role.pending
  role.pending = null
  effects.cancelTimer('voter change')
  const isAnswered = !ackWhenCommitted && offset !== null
  if (!isAnswered) effects.reply(asker, outcome)
}

function answer(errorCode: ErrorCode, errorMessage: string | null): VoterChangeAnswer {
  return { errorCode, errorMessage }
}

function votersText(voters: VoterSet): string {
  return `[${voters.all.map(replicaText).join(', ')}]`
}
