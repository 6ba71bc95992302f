import { describe, expect, test } from 'vitest'
import { InSyncReplicas } from '../../src/broker/in-sync-replicas.js'
import type { IsrOutcome, IsrProposal } from '../../src/broker/isr-proposals.js'
import type { PartitionImage } from '../../src/cluster/image.js'
import { ManualClock } from '../support/manual-clock.js'

const LAG_MS = 1000

/** Broker 0 leads; 1 and 2 follow, unless `replicas` says otherwise. */
function leader(image: Partial<PartitionImage> = {}) {
  const clock = new ManualClock()
  const epochs = new Map([
    [0, 100],
    [1, 101],
    [2, 102],
  ])
  const inactive = new Set<number>()
  const proposed: { proposal: IsrProposal; settle: (outcome: IsrOutcome) => void }[] = []
  const agreed: unknown[] = []
  const first: PartitionImage = {
    replicas: [0, 1, 2],
    isr: [0, 1, 2],
    addingReplicas: [],
    removingReplicas: [],
    leader: 0,
    leaderEpoch: 5,
    partitionEpoch: 7,
    leaderRecoveryState: 0,
    directories: [],
    elr: [],
    lastKnownElr: [],
    ...image,
  }
  const replicas = new InSyncReplicas(
    {
      ...{ topicId: 'topic', index: 3, nodeId: 0, clock },
      view: {
        lagMsMax: () => LAG_MS,
        brokerEpoch: (id) => epochs.get(id) ?? -1,
        isAlive: (id) => !inactive.has(id),
        isActive: (id) => !inactive.has(id),
        propose: (proposal, settle) => proposed.push({ proposal, settle }),
      },
      onAgreed: (outcome) => agreed.push(outcome),
    },
    first,
  )
  replicas.beginEpoch(true)
  const fetch = (id: number, offset: number, end = offset, brokerEpoch = 100 + id): void =>
    replicas.fetched(id, offset, 0, brokerEpoch, end)
  const at = (endOffset: number, highWatermark = endOffset, epochStartOffset = 0) => ({
    endOffset,
    highWatermark,
    epochStartOffset,
  })
  return { clock, epochs, inactive, proposed, agreed, first, replicas, fetch, at }
}

describe('what is committed', () => {
  test('nothing, before every replica in sync has fetched from the new leader', () => {
    const { replicas, fetch } = leader()
    fetch(1, 10)
    expect(replicas.commonEnd(10)).toBe(-1)
    fetch(2, 4, 10)
    expect(replicas.commonEnd(10)).toBe(4)
  })

  test('a replica that is not in sync does not count, unless it has caught up and is about to be', () => {
    const { clock, replicas, fetch, inactive } = leader({ isr: [0, 1] })
    fetch(1, 10)
    fetch(2, 3, 10)
    expect(replicas.commonEnd(10)).toBe(10)
    fetch(2, 10)
    fetch(2, 10, 12)
    expect(replicas.commonEnd(10)).toBe(10)
    fetch(1, 12)
    expect(replicas.commonEnd(12)).toBe(10)
    inactive.add(2)
    expect(replicas.commonEnd(12)).toBe(12)
    inactive.clear()
    clock.advance(LAG_MS + 1)
    expect(replicas.commonEnd(12)).toBe(12)
  })

  test('a replica that is not in sync and has not fetched from this leader holds nobody up', () => {
    const { replicas, fetch, first } = leader()
    fetch(1, 10)
    replicas.decided({ ...first, isr: [0, 1], partitionEpoch: 8 })
    expect(replicas.commonEnd(10)).toBe(10)
  })

  test('who is proposed counts at once, and who is to go counts until that is agreed', () => {
    const expanding = leader({ isr: [0, 1] })
    expanding.fetch(1, 10)
    expanding.fetch(2, 10)
    expanding.replicas.maybeExpand(2, expanding.at(10))
    expanding.clock.advance(LAG_MS * 2)
    expanding.fetch(1, 20)
    expect(expanding.replicas.commonEnd(20)).toBe(10)

    const shrinking = leader()
    shrinking.fetch(1, 20)
    shrinking.fetch(2, 5, 20)
    shrinking.clock.advance(LAG_MS + 1)
    expect(shrinking.replicas.maybeShrink(shrinking.at(20, 5))).toEqual([2])
    expect(shrinking.replicas.commonEnd(20)).toBe(5)
    shrinking.replicas.decided({ ...shrinking.first, isr: [0, 1], partitionEpoch: 8 })
    expect(shrinking.replicas.commonEnd(20)).toBe(20)
  })
})

describe('who joins', () => {
  test('a follower that has all that is committed, and where the leader epoch began', () => {
    const { replicas, fetch, proposed, at } = leader({ isr: [0, 1] })
    fetch(2, 9, 20)
    replicas.maybeExpand(2, at(20, 10))
    fetch(2, 12, 20)
    replicas.maybeExpand(2, at(20, 10, 15))
    expect(proposed).toEqual([])
    fetch(2, 15, 20)
    replicas.maybeExpand(2, at(20, 10, 15))
    expect(proposed[0]!.proposal).toEqual({
      topicId: 'topic',
      partition: 3,
      leaderEpoch: 5,
      partitionEpoch: 7,
      isr: [
        { brokerId: 0, brokerEpoch: 100 },
        { brokerId: 1, brokerEpoch: 101 },
        { brokerId: 2, brokerEpoch: 102 },
      ],
      leaderRecoveryState: 0,
    })
  })

  test('nobody who is fenced or about to stop, or has been started again since it fetched', () => {
    const { replicas, fetch, proposed, at, inactive, epochs } = leader({ isr: [0, 1] })
    fetch(2, 10)
    inactive.add(2)
    replicas.maybeExpand(2, at(10))
    inactive.clear()
    epochs.set(2, 200)
    replicas.maybeExpand(2, at(10))
    expect(proposed).toEqual([])
    expect(replicas.isStale(2, 102)).toBe(true)
    expect(replicas.isStale(2, 200)).toBe(false)
    expect(replicas.isStale(2, -1)).toBe(false)
  })

  test('a proposal names of each replica the epoch that it fetched in, so that who was started again since is refused', () => {
    const { replicas, fetch, proposed, at, epochs } = leader({ isr: [0, 1] })
    fetch(1, 10)
    fetch(2, 10)
    epochs.set(1, 201)
    replicas.maybeExpand(2, at(10))
    expect(proposed[0]!.proposal.isr).toEqual([
      { brokerId: 0, brokerEpoch: 100 },
      { brokerId: 1, brokerEpoch: 101 },
      { brokerId: 2, brokerEpoch: 102 },
    ])
  })

  test('one change at a time: the next is proposed when the metadata or the answer has come', () => {
    const { replicas, fetch, proposed, at, agreed, first } = leader({ isr: [0] })
    fetch(1, 10)
    fetch(2, 10)
    replicas.maybeExpand(1, at(10))
    replicas.maybeExpand(2, at(10))
    expect(proposed.length).toBe(1)
    const outcome = { type: 'taken', isr: [0, 1], partitionEpoch: 8, leaderRecoveryState: 0 } as const
    proposed[0]!.settle(outcome)
    expect(agreed).toEqual([outcome])
    replicas.decided({ ...first, isr: [0, 1], partitionEpoch: 8 })
    replicas.maybeExpand(2, at(10))
    expect(proposed[1]!.proposal.isr.map(({ brokerId }) => brokerId)).toEqual([0, 1, 2])
  })
})

describe('what becomes of a proposal', () => {
  test('refused: everything is as before, and it may be proposed again', () => {
    const { replicas, fetch, proposed, at } = leader({ isr: [0, 1] })
    fetch(2, 10)
    replicas.maybeExpand(2, at(10))
    proposed[0]!.settle({ type: 'refused' })
    replicas.maybeExpand(2, at(10))
    expect(proposed.length).toBe(2)
  })

  test('outdated: nothing is proposed until the metadata has come', () => {
    const { replicas, fetch, proposed, at, first } = leader({ isr: [0, 1] })
    fetch(2, 10)
    replicas.maybeExpand(2, at(10))
    proposed[0]!.settle({ type: 'outdated' })
    replicas.maybeExpand(2, at(10))
    expect(proposed.length).toBe(1)
    replicas.decided({ ...first, isr: [0, 1], partitionEpoch: 9 })
    replicas.maybeExpand(2, at(10))
    expect(proposed[1]!.proposal.partitionEpoch).toBe(9)
  })

  test('an answer that comes after the metadata changes nothing', () => {
    const { replicas, fetch, proposed, at, first, agreed } = leader({ isr: [0, 1] })
    fetch(2, 10)
    replicas.maybeExpand(2, at(10))
    replicas.decided({ ...first, isr: [0], partitionEpoch: 9 })
    proposed[0]!.settle({ type: 'taken', isr: [0, 1, 2], partitionEpoch: 8, leaderRecoveryState: 0 })
    expect(agreed).toEqual([])
  })
})

describe('who leaves', () => {
  test('a replica that has not had everything for replica.lag.time.max.ms', () => {
    const { clock, replicas, fetch, at, proposed } = leader()
    fetch(1, 10)
    fetch(2, 10)
    clock.advance(LAG_MS)
    fetch(1, 10, 12)
    fetch(2, 11, 12)
    expect(replicas.maybeShrink(at(12))).toEqual([])
    clock.advance(LAG_MS)
    fetch(1, 12)
    fetch(2, 11, 12)
    expect(replicas.maybeShrink(at(12))).toEqual([2])
    expect(proposed[0]!.proposal.isr.map(({ brokerId }) => brokerId)).toEqual([0, 1])
  })

  test('not one that has everything, however long ago it fetched', () => {
    const { clock, replicas, fetch, at } = leader()
    fetch(1, 10)
    fetch(2, 10)
    clock.advance(LAG_MS * 10)
    expect(replicas.maybeShrink(at(10))).toEqual([])
  })

  test('not one that had everything at its last fetch but one, and keeps fetching', () => {
    const { clock, replicas, fetch, at } = leader()
    fetch(1, 100)
    for (let end = 10; end < 100; end += 10) {
      fetch(2, end - 10, end)
      clock.advance(LAG_MS / 2)
    }
    expect(replicas.maybeShrink(at(100))).toEqual([])
  })

  test('after an election everybody in sync has the whole time to show it', () => {
    const { clock, replicas, at } = leader()
    clock.advance(LAG_MS)
    expect(replicas.maybeShrink(at(10))).toEqual([])
    clock.advance(1)
    expect(replicas.maybeShrink(at(10))).toEqual([1, 2])
  })
})

test('the least log start is that of the replicas that live, and not known before each has fetched', () => {
  const { replicas, inactive } = leader()
  replicas.fetched(1, 10, 4, 101, 10)
  expect(replicas.leastLogStart).toBe(-1)
  replicas.fetched(2, 10, 2, 102, 10)
  expect(replicas.leastLogStart).toBe(2)
  inactive.add(2)
  expect(replicas.leastLogStart).toBe(4)
})

test('the same leader in a new epoch knows what its followers have', () => {
  const { replicas, fetch, first } = leader()
  fetch(1, 10)
  fetch(2, 10)
  replicas.decided({ ...first, leaderEpoch: 6, partitionEpoch: 8 })
  replicas.beginEpoch(false)
  expect(replicas.commonEnd(10)).toBe(10)
  replicas.beginEpoch(true)
  expect(replicas.commonEnd(10)).toBe(-1)
})
