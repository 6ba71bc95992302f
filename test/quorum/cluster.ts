import { ZERO_UUID } from '../../src/bytes/uuid.js'
import { type Asker, Effects } from '../../src/coordination/effects.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import type { ElectionState, QuorumEffect, QuorumRequest, QuorumTimer, SnapshotId } from '../../src/quorum/effects.js'
import { beginEpochAnswered, beginEpochRequested, endEpochRequested, resign } from '../../src/quorum/epochs.js'
import { Quorum, type Turn } from '../../src/quorum/quorum.js'
import { appended, fetchAnswered, fetchRequested, written } from '../../src/quorum/replication.js'
import { updateVoterAnswered } from '../../src/quorum/standing.js'
import { leaderGone, runOut, start } from '../../src/quorum/timeouts.js'
import { type QuorumAnswer, type VoteAnswer, voteAnswered, voteRequested } from '../../src/quorum/vote.js'
import {
  addVoterRequested,
  removeVoterRequested,
  updateVoterRequested,
  upgradeKraftVersion,
  type VoterChangeAnswer,
  voterVersionsAnswered,
} from '../../src/quorum/voter-changes.js'
import { type ReplicaKey, type Voter, VoterSet } from '../../src/quorum/voter-set.js'
import { seededRandom } from '../support/seeded-random.js'
import { type Entry, MemoryLog } from './memory-log.js'

type Message = { from: number; to: number } & (
  | { type: 'request'; request: QuorumRequest }
  | { type: 'answer'; request: QuorumRequest; answer: QuorumAnswer & Partial<VoteAnswer> }
  | { type: 'versions'; voter: ReplicaKey }
  | { type: 'versions told'; voter: ReplicaKey }
  | { type: 'fetch'; directoryId: string; epoch: number; fetchOffset: number; lastFetchedEpoch: number }
  | {
      type: 'fetched'
      answer: QuorumAnswer
      diverging: { epoch: number; endOffset: number } | null
      snapshot: SnapshotId | null
      before: MemoryLog['before']
      entries: Entry[]
      baseOffset: number
      highWatermark: number
    }
)

export interface Member {
  readonly id: number
  /** Another directory makes another replica of it. */
  self: Voter
  quorum: Quorum
  log: MemoryLog
  remembered: ElectionState | null
  isUp: boolean
  readonly timers: Map<QuorumTimer, number>
  nextFetchAt: number
  /** Of the snapshot that it is about to take. */
  nextBefore: MemoryLog['before']
}

const CONFIG = {
  electionTimeoutMs: 1000,
  fetchTimeoutMs: 2000,
  electionBackoffMsMax: 1000,
  requestTimeoutMs: 2000,
  joinsByItself: false,
}
const LISTENER = 'CONTROLLER'
const FETCH_EVERY_MS = 100
const BATCH = 3

/** A voter as it says that it is; the directories of a new one are all alike. */
export function voter(id: number, directoryId = 'disk'): Voter {
  const endpoints = [{ name: LISTENER, host: 'localhost', port: 9000 + id }]
  return { id, directoryId, endpoints, kraftVersions: { min: 0, max: 1 } }
}

/** Members of a quorum with a clock, a network and a disk in memory; the seed decides everything. */
export class Cluster {
  now = 0
  readonly members: Member[]
  readonly random
  #messages: { at: number; message: Message }[] = []
  #cut = new Set<string>()
  /** Chance of a message to be lost, in percent. */
  lossPercent = 0
  delayMsMax = 10
  /** What has happened, for a failing seed. */
  readonly trace: string[] = []
  onEvent: () => void = () => {}
  #values = 0
  readonly #configured: VoterSet
  /** Of observers, whether they ask for a vote. */
  joinsByItself = false

  /** @param isDynamic whether the voters are named where the log begins */
  constructor(
    seed: number,
    readonly voters: readonly number[],
    observers: readonly number[] = [],
    isDynamic = false,
  ) {
    this.random = seededRandom(seed)
    const initial = VoterSet.of(voters.map((id) => voter(id)))
    const unknown = { endpoints: [], kraftVersions: { min: 0, max: 0 } }
    this.#configured = isDynamic
      ? VoterSet.empty
      : VoterSet.of(voters.map((id) => ({ id, directoryId: ZERO_UUID, ...unknown })))
    this.members = [...voters, ...observers].map((id) => {
      const log = new MemoryLog()
      if (isDynamic && voters.includes(id)) log.before = { voters: { voters: initial, offset: -1 }, kraftVersion: 1 }
      const self = voter(id)
      const quorum = new Quorum(self, this.#configured, CONFIG, this.random, log, null)
      return {
        id,
        self,
        quorum,
        log,
        remembered: null,
        isUp: false,
        timers: new Map(),
        nextFetchAt: 0,
        nextBefore: log.before,
      }
    })
    for (const { id } of this.members) this.start(id)
  }

  /** Asks the leader to give or take a vote. What it answers is kept in the result. */
  changeVoters(what: 'add' | 'remove', key: Voter, leader = this.leader): { answer: VoterChangeAnswer | null } {
    const asker: Asker<VoterChangeAnswer> & { answer: VoterChangeAnswer | null } = { answer: null }
    if (leader?.isUp !== true) return asker
    this.trace.push(`${this.now} ${leader.id} is to ${what} ${key.id} ${key.directoryId}`)
    this.turn(leader, (turn) => {
      const request = { voter: key, listenerName: LISTENER, ackWhenCommitted: true }
      if (what === 'add') addVoterRequested(turn, request, asker)
      else removeVoterRequested(turn, key, asker)
    })
    return asker
  }

  /** The leader takes the voters into the log. */
  upgrade(): void {
    this.turn(this.leader!, (turn) => upgradeKraftVersion(turn, 1))
  }

  /** The member comes back with an empty disk. */
  replaceDisk(id: number): void {
    const member = this.member(id)
    this.stop(id)
    member.self = voter(id, `disk-${this.now}`)
    member.log = new MemoryLog()
    member.remembered = null
  }

  member(id: number): Member {
    return this.members.find((member) => member.id === id)!
  }

  get leader(): Member | null {
    const leaders = this.members.filter(({ isUp, quorum }) => isUp && quorum.leading !== null)
    return leaders.sort((a, b) => b.quorum.epoch - a.quorum.epoch)[0] ?? null
  }

  start(id: number): void {
    const member = this.member(id)
    const config = { ...CONFIG, joinsByItself: this.joinsByItself }
    member.quorum = new Quorum(member.self, this.#configured, config, this.random, member.log, member.remembered)
    member.isUp = true
    member.nextFetchAt = this.now
    this.turn(member, start)
  }

  /** What was in the file stays; the high watermark is not kept. */
  stop(id: number): void {
    const member = this.member(id)
    member.isUp = false
    member.timers.clear()
    member.log.highWatermark = member.log.startOffset
  }

  resign(id: number): void {
    this.turn(this.member(id), resign)
  }

  /** There is word that its leader is gone; whether it is true is another matter. */
  tellGone(id: number): void {
    const member = this.member(id)
    this.turn(member, (turn) => leaderGone(turn, member.quorum.leaderId ?? -1))
  }

  cut(a: number, b: number): void {
    this.#cut.add(`${a}-${b}`).add(`${b}-${a}`)
  }

  heal(): void {
    this.#cut.clear()
  }

  /** The leader writes a value, if there is one. */
  write(member = this.leader): void {
    if (member?.isUp !== true || member.quorum.leading === null) return
    member.log.entries.push({ epoch: member.quorum.epoch, value: `v${this.#values++}` })
    this.turn(member, written)
  }

  /** Everything below the high watermark becomes a snapshot. */
  snapshot(id: number): void {
    const { log } = this.member(id)
    const endOffset = log.highWatermark
    if (endOffset <= log.startOffset) return
    const { epoch } = log.entries[endOffset - log.startOffset - 1]!
    const taken = new MemoryLog()
    Object.assign(taken, { startOffset: log.startOffset, before: log.before })
    taken.entries = log.entries.slice(0, endOffset - log.startOffset)
    log.before = { voters: taken.voters, kraftVersion: taken.kraftVersion }
    log.entries = log.entries.slice(endOffset - log.startOffset)
    log.startOffset = endOffset
    log.latestSnapshot = { endOffset, epoch }
  }

  /** Lets `ms` pass, event by event. */
  run(ms: number): void {
    const end = this.now + ms
    for (;;) {
      const next = this.#nextEvent()
      if (next === null || next.at > end) break
      this.now = next.at
      next.act()
      this.onEvent()
    }
    this.now = end
  }

  turn<T>(member: Member, act: (turn: Turn) => T): T {
    const effects = new Effects<QuorumTimer, QuorumEffect>()
    const result = act({ quorum: member.quorum, now: this.now, effects })
    for (const effect of effects.list) {
      if (effect.type === 'set timer') member.timers.set(effect.timer, this.now + effect.delayMs)
      else if (effect.type === 'cancel timer') member.timers.delete(effect.timer)
      else if (effect.type === 'own') this.#carryOut(member, effect.own)
      else if (effect.type === 'reply') Object.assign(effect.to, { answer: effect.answer })
    }
    return result
  }

  #carryOut(member: Member, effect: QuorumEffect): void {
    const { log, id } = member
    switch (effect.type) {
      case 'persist':
        member.remembered = effect.state
        break
      case 'send':
        this.#send({ from: id, to: effect.to, type: 'request', request: effect.request })
        break
      case 'append leader change':
        this.trace.push(`${this.now} ${id} leads epoch ${effect.epoch} by ${effect.grantingVoters}`)
        log.entries.push({
          epoch: effect.epoch,
          value: `leader ${id}`,
          ...(effect.records && { records: effect.records }),
        })
        this.turn(member, written)
        break
      case 'append voters': {
        const value = `voters ${effect.records.voters.all.map((one) => `${one.id}/${one.directoryId}`)}`
        this.trace.push(`${this.now} ${id} writes ${value} at ${log.endOffset}`)
        log.entries.push({ epoch: member.quorum.epoch, value, records: effect.records })
        this.turn(member, written)
        break
      }
      case 'ask versions':
        this.#send({ from: id, to: effect.voter.id, type: 'versions', voter: effect.voter })
        break
      case 'truncate':
        log.entries.length = effect.endOffset - log.startOffset
        break
      case 'fetch snapshot': {
        const { snapshot } = effect
        log.before = member.nextBefore
        log.entries = []
        log.startOffset = snapshot.endOffset
        log.highWatermark = Math.max(log.highWatermark, snapshot.endOffset)
        log.latestSnapshot = snapshot
        break
      }
      case 'advance high watermark':
        log.highWatermark = effect.highWatermark
        break
      case 'leader':
        member.nextFetchAt = this.now
    }
  }

  #nextEvent(): { at: number; act: () => void } | null {
    let best: { at: number; act: () => void } | null = null
    const offer = (at: number, act: () => void): void => {
      if (best === null || at < best.at) best = { at, act }
    }
    for (const entry of this.#messages) {
      offer(entry.at, () => {
        this.#messages = this.#messages.filter((other) => other !== entry)
        this.#deliver(entry.message)
      })
    }
    for (const member of this.members) {
      if (!member.isUp) continue
      for (const [timer, at] of member.timers) {
        offer(Math.max(at, this.now), () => {
          member.timers.delete(timer)
          this.turn(member, (turn) => runOut(turn, timer))
        })
      }
      if (member.quorum.leading === null) offer(Math.max(member.nextFetchAt, this.now), () => this.#fetch(member))
    }
    return best
  }

  #fetch(member: Member): void {
    member.nextFetchAt = this.now + FETCH_EVERY_MS
    const { quorum, log, id } = member
    const anybody = this.members[this.random.int(this.members.length)]!.id
    const isLeaderKnown = quorum.leaderId !== null && quorum.leaderId !== id
    const to = isLeaderKnown ? quorum.leaderId : quorum.isVoter ? null : anybody
    if (to === null || to === id) return
    const fetch = { epoch: quorum.epoch, fetchOffset: log.endOffset, lastFetchedEpoch: log.lastEpoch }
    this.#send({ from: id, to, type: 'fetch', directoryId: member.self.directoryId, ...fetch })
  }

  #send(message: Message): void {
    if (this.random.int(100) < this.lossPercent) return
    this.#messages.push({ at: this.now + 1 + this.random.int(this.delayMsMax), message })
  }

  #deliver(message: Message): void {
    const { from, to } = message
    const member = this.member(to)
    if (!member.isUp || this.#cut.has(`${from}-${to}`)) return
    if (message.type === 'request') {
      const answer = this.#answer(member, from, message.request)
      this.#send({ from: to, to: from, type: 'answer', request: message.request, answer })
    } else if (message.type === 'versions') {
      const { voter } = message
      if (voter.directoryId === member.self.directoryId)
        this.#send({ from: to, to: from, type: 'versions told', voter })
    } else if (message.type === 'versions told') {
      const told = { errorCode: 0, kraftVersions: { min: 0, max: 1 } }
      this.turn(member, (turn) => voterVersionsAnswered(turn, message.voter, told))
    } else if (message.type === 'answer') this.#answered(member, message)
    else if (message.type === 'fetch') this.#serve(member, message)
    else this.#fetched(member, message)
  }

  #answer(member: Member, from: number, request: QuorumRequest): QuorumAnswer & Partial<VoteAnswer> {
    return this.turn(member, (turn) => {
      const { quorum } = member
      const candidate = { id: from, directoryId: this.member(from).self.directoryId }
      if (request.type === 'vote') return voteRequested(turn, { candidate, ...request })
      if (request.type === 'begin epoch') return beginEpochRequested(turn, { leaderId: from, epoch: request.epoch })
      if (request.type === 'end epoch') return endEpochRequested(turn, { leaderId: from, ...request })
      const told = { leaderId: quorum.leaderId ?? -1, epoch: quorum.epoch }
      if (quorum.leading === null) return { errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, ...told }
      if (request.type === 'update voter')
        return { errorCode: updateVoterRequested(turn, request.voter, LISTENER), ...told }
      const { voter } = request
      if (request.type === 'remove voter') removeVoterRequested(turn, voter, {})
      else addVoterRequested(turn, { voter: request.voter, listenerName: LISTENER, ackWhenCommitted: false }, {})
      return { errorCode: ErrorCode.NONE, ...told }
    })
  }

  #answered(member: Member, { from, request, answer }: Extract<Message, { type: 'answer' }>): void {
    this.turn(member, (turn) => {
      if (request.type === 'vote') voteAnswered(turn, from, request, { isGranted: false, ...answer })
      else if (request.type === 'begin epoch') beginEpochAnswered(turn, from, answer)
      else if (request.type === 'update voter') updateVoterAnswered(turn, from, answer)
    })
  }

  #serve(member: Member, { from, to, ...fetch }: Extract<Message, { type: 'fetch' }>): void {
    const { log, quorum } = member
    const decision = this.turn(member, (turn) => fetchRequested(turn, { replicaId: from, ...fetch }))
    const known = { errorCode: 0, leaderId: quorum.leaderId ?? -1, epoch: quorum.epoch }
    this.#send({
      ...{ from: to, to: from, type: 'fetched' },
      answer: decision.type === 'refused' ? decision.answer : known,
      diverging: decision.type === 'diverging' ? decision : null,
      snapshot: decision.type === 'snapshot' ? decision.snapshot : null,
      before: log.before,
      entries: decision.type === 'read' ? log.from(fetch.fetchOffset, BATCH) : [],
      baseOffset: fetch.fetchOffset,
      highWatermark: log.highWatermark,
    })
  }

  #fetched(member: Member, message: Extract<Message, { type: 'fetched' }>): void {
    const { answer, diverging, snapshot, entries, from, highWatermark } = message
    const { log } = member
    // A member asks one thing at a time: an answer to what it asked before its log changed comes too late.
    if (message.baseOffset !== log.endOffset) return
    member.nextBefore = message.before
    if (!this.turn(member, (turn) => fetchAnswered(turn, { ...answer, from, diverging, snapshot }))) return
    log.entries.push(...entries)
    this.turn(member, (turn) => appended(turn, highWatermark))
    if (entries.length > 0) member.nextFetchAt = this.now
  }
}
