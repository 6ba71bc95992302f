import { describe, expect, test } from 'vitest'
import { Effects } from '../../src/coordination/effects.js'
import type { ElectionState, QuorumEffect, QuorumTimer } from '../../src/quorum/effects.js'
import { Quorum } from '../../src/quorum/quorum.js'
import { type VoteRequest, voteRequested } from '../../src/quorum/vote.js'
import { VoterSet } from '../../src/quorum/voter-set.js'
import { seededRandom } from '../support/seeded-random.js'
import { voter } from './cluster.js'
import { MemoryLog } from './memory-log.js'

const CONFIG = {
  electionTimeoutMs: 1000,
  fetchTimeoutMs: 2000,
  electionBackoffMsMax: 1000,
  requestTimeoutMs: 2000,
  joinsByItself: false,
}
const EPOCH = 5

/** Voter 0 of three as it starts; its log ends in an epoch. */
function started(remembered: ElectionState | null, lastEpoch = 0): Quorum {
  const log = new MemoryLog()
  if (lastEpoch > 0) log.entries.push({ epoch: lastEpoch, value: 'x' })
  const voters = VoterSet.of([0, 1, 2].map((id) => voter(id)))
  return new Quorum(voter(0), voters, CONFIG, seededRandom(1), log, remembered)
}

/** Somebody stands for election with a log that has everything. */
function ask(quorum: Quorum, candidate: number, request: Partial<VoteRequest> = {}) {
  const effects = new Effects<QuorumTimer, QuorumEffect>()
  const asked = {
    candidate: voter(candidate),
    epoch: EPOCH,
    lastEpoch: 4,
    lastOffset: 10,
    isPreVote: false,
    ...request,
  }
  const { isGranted } = voteRequested({ quorum, now: 0, effects }, asked)
  const kept = effects.list.flatMap((effect) =>
    effect.type === 'own' && effect.own.type === 'persist' ? [effect.own.state] : [],
  )
  return { isGranted, kept: kept.at(-1) ?? null }
}

const state = (changes: Partial<ElectionState> = {}): ElectionState => {
  return { epoch: EPOCH, leaderId: -1, votedId: -1, votedDirectoryId: voter(0).directoryId, ...changes }
}

describe('a vote', () => {
  test('is to be kept, in an epoch that was known before as in a new one', () => {
    const given = { isGranted: true, kept: state({ votedId: 1, votedDirectoryId: voter(1).directoryId }) }
    expect(ask(started(state()), 1)).toEqual(given)
    expect(ask(started(state({ epoch: EPOCH - 1 })), 1)).toEqual(given)
    expect(ask(started(null), 1)).toEqual(given)
  })

  test('is given once in an epoch, over a restart too; the same one may ask again', () => {
    const { kept } = ask(started(null), 1)
    expect(ask(started(kept), 2).isGranted).toBe(false)
    expect(ask(started(kept), 1).isGranted).toBe(true)
  })

  test('of an earlier epoch than that of the log binds nobody', () => {
    const voted = state({ epoch: EPOCH - 1, votedId: 1, votedDirectoryId: voter(1).directoryId })
    const quorum = started(voted, EPOCH)
    expect([quorum.epoch, quorum.voted, quorum.leaderId]).toEqual([EPOCH, null, null])
    expect(ask(quorum, 2, { epoch: EPOCH + 1, lastEpoch: EPOCH }).isGranted).toBe(true)
  })

  test('is not given to a log that lacks something', () => {
    const quorum = started(null, 4)
    expect(ask(quorum, 1, { lastEpoch: 4, lastOffset: 0 }).isGranted).toBe(false)
    expect(ask(quorum, 1, { lastEpoch: 3, lastOffset: 99 }).isGranted).toBe(false)
    expect(ask(quorum, 1, { lastEpoch: 4, lastOffset: 1 }).isGranted).toBe(true)
  })

  test('is not given in an epoch that is over', () => {
    expect(ask(started(state()), 1, { epoch: EPOCH - 1, lastEpoch: 1 }).isGranted).toBe(false)
  })
})
