import { expect, test } from 'vitest'
import { FetchSession } from '../../src/broker/fetch-session.js'
import { FetchSessions } from '../../src/broker/fetch-sessions.js'
import { ManualClock } from '../support/manual-clock.js'
import { seededRandom } from '../support/seeded-random.js'

const TWO_MINUTES = 120_000

function partitions(count: number) {
  return Array.from({ length: count }, (_, partition) => ({
    topic: 't',
    topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
    partition,
    currentLeaderEpoch: -1,
    fetchOffset: 0,
    lastFetchedEpoch: -1,
    logStartOffset: -1,
    partitionMaxBytes: 1,
    highWatermark: Number.MAX_SAFE_INTEGER,
  }))
}

function cache(slots: number) {
  const clock = new ManualClock()
  const sessions = new FetchSessions(clock, seededRandom(1), slots)
  const create = (count: number, isFollower = false) =>
    sessions.create({ partitions: partitions(count), usesTopicIds: false, isFollower })
  return { clock, sessions, create }
}

test('there are no more sessions than slots', () => {
  const { create, sessions } = cache(2)
  expect(create(1)).not.toBeNull()
  expect(create(1)).not.toBeNull()
  expect(create(5)).toBeNull()
  expect(sessions.size).toBe(2)
})

test('sessions have only so many partitions altogether, however many sessions there may be', () => {
  const { create, sessions } = cache(1000)
  expect(create(300_000)).not.toBeNull()
  expect(create(300_000)).toBeNull()
  expect(create(100_000)).not.toBeNull()
  expect(sessions.size).toBe(2)
})

test('a session that has not been used for two minutes makes room for any', () => {
  const { create, sessions, clock } = cache(1)
  create(10)
  clock.advance(TWO_MINUTES)
  expect(create(1)).toBeNull()
  clock.advance(1)
  expect(create(1)).not.toBeNull()
  expect(sessions.size).toBe(1)
})

test('a larger session displaces a smaller one that has had two minutes, also one in use', () => {
  const { create, clock } = cache(1)
  const old = create(3)!
  clock.advance(TWO_MINUTES + 1)
  old.lastUsedMs = clock.monotonicMs()
  expect(create(2)).toBeNull()
  expect(create(4)).not.toBeNull()
})

test('a follower displaces a consumer at once, a consumer never a follower in use', () => {
  const { create, clock } = cache(1)
  create(10)
  const follower = create(1, true)!
  expect(follower).not.toBeNull()
  clock.advance(TWO_MINUTES + 1)
  follower.lastUsedMs = clock.monotonicMs()
  expect(create(100)).toBeNull()
  expect(create(1, true)).not.toBeNull()
})

test('after the largest epoch comes 1: 0 and -1 have meanings of their own', () => {
  const o = { id: 1, partitions: [], usesTopicIds: false, isFollower: false, createdMs: 0 }
  const session = new FetchSession({ ...o, epoch: 2 ** 31 - 1 })
  session.enterNextEpoch()
  expect(session.epoch).toBe(1)
})
