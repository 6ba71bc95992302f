import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { coordinatorPartition } from '../../src/bytes/java-hash.js'
import type { Peer } from '../../src/net/peer.js'
import { DeleteGroups } from '../../src/protocol/messages/delete-groups.js'
import { DescribeGroups } from '../../src/protocol/messages/describe-groups.js'
import { Heartbeat } from '../../src/protocol/messages/heartbeat.js'
import { JoinGroup } from '../../src/protocol/messages/join-group.js'
import { LeaveGroup } from '../../src/protocol/messages/leave-group.js'
import { ListGroups } from '../../src/protocol/messages/list-groups.js'
import { OffsetCommit } from '../../src/protocol/messages/offset-commit.js'
import { OffsetDelete } from '../../src/protocol/messages/offset-delete.js'
import { OffsetFetch } from '../../src/protocol/messages/offset-fetch.js'
import { SyncGroup } from '../../src/protocol/messages/sync-group.js'
import { buildBatch } from '../../src/records/builder.js'
import { type BrokerOptions, DataPathBroker, type TopicOptions } from '../support/data-path-broker.js'
import { joining } from '../support/group-clients.js'
import { ManualClock } from '../support/manual-clock.js'
import { MemoryDisk } from '../support/memory-disk.js'

const OFFSETS = '__consumer_offsets'

let clock: ManualClock
let broker: DataPathBroker
let peer: Peer

async function start(offsetsTopic: TopicOptions | null = {}, options: BrokerOptions = {}): Promise<void> {
  clock = new ManualClock()
  const settings = { 'group.initial.rebalance.delay.ms': '0', ...options.settings }
  broker = await DataPathBroker.start({ clock, ...options, settings })
  peer = await broker.peer()
  broker.createTopic('orders', { partitions: 2 })
  if (offsetsTopic !== null) broker.createTopic(OFFSETS, offsetsTopic)
  await loaded()
}

/** Loading takes turns of the event loop. */
async function loaded(): Promise<void> {
  while (broker.groups.find('g') === 14) await turn()
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function commit(offset: number, o: { groupId?: string; topic?: string; on?: Peer; more?: object } = {}) {
  const { groupId = 'g', topic = 'orders', on = peer, more = {} } = o
  const partitions = [{ partitionIndex: 0, committedOffset: offset, committedMetadata: '' }]
  const request = { groupId, memberId: '', ...more, topics: [{ name: topic, partitions }] }
  return (await on.call(OffsetCommit, 6, request)).topics[0]!.partitions[0]!.errorCode
}

async function committed(groupId = 'g', topic = 'orders'): Promise<number> {
  const { topics } = await peer.call(OffsetFetch, 5, { groupId, topics: [{ name: topic, partitionIndexes: [0] }] })
  return topics[0]!.partitions[0]!.committedOffset
}

/** A member that leads a stable group of its own; version 3 needs no second join. Time must move for the join to end. */
async function member(groupId = 'g', on = peer) {
  const joined = on.call(JoinGroup, 3, joining(groupId))
  await settled(() => clock.advance(0), joined)
  const { memberId, generationId } = await joined
  const assignments = [{ memberId, assignment: Buffer.from('all') }]
  await on.call(SyncGroup, 4, { groupId, memberId, generationId, assignments })
  return { groupId, memberId, generationId }
}

/** Does `act` again and again until the promise is settled. */
async function settled(act: () => void, promise: Promise<unknown>): Promise<void> {
  let isOpen = true
  void promise.finally(() => {
    isOpen = false
  })
  while (isOpen) {
    act()
    await turn()
  }
}

/** Fills the log of the offsets topic with so many records about groups that are not asked for. */
function fill(count: number): void {
  const partition = broker.partitions.find(OFFSETS, 0)!
  for (let i = 0; i < count; i++) {
    const key = Buffer.from(`0001000178000178${i.toString(16).padStart(8, '0')}`, 'hex')
    partition.append(buildBatch({ records: [{ timestamp: 0, key, value: null }] }), { origin: 'coordinator' })
  }
}

afterEach(() => broker.close())

describe('where a group is not coordinated', () => {
  test('every request is told so (16), those without a name that it has none (24)', async () => {
    await start(null)
    const { answers, nameless } = await everything('g').then(async (answers) => ({
      answers,
      nameless: await everything(''),
    }))
    expect(answers).toEqual({
      join: 16,
      sync: 16,
      beat: 16,
      leave: 16,
      commit: 16,
      fetch: 16,
      drop: 16,
      describe: 16,
      remove: 16,
    })
    expect(nameless).toEqual({ ...answers, join: 24, sync: 24, beat: 24, leave: 24, drop: 24 })
    expect(await peer.call(ListGroups, 4, {})).toMatchObject({ errorCode: 0, groups: [] })
  })

  test('version 1 of OffsetFetch tells it with each partition, later ones at the top', async () => {
    await start(null)
    const topics = [{ name: 'orders', partitionIndexes: [0, 1] }]
    const partition = { committedOffset: -1, metadata: '', errorCode: 16 }
    expect((await peer.call(OffsetFetch, 1, { groupId: 'g', topics })).topics).toMatchObject([
      {
        name: 'orders',
        partitions: [
          { partitionIndex: 0, ...partition },
          { partitionIndex: 1, ...partition },
        ],
      },
    ])
    for (const version of [2, 5, 7]) {
      expect(await peer.call(OffsetFetch, version, { groupId: 'g', topics })).toMatchObject({
        errorCode: 16,
        topics: [],
      })
    }
    const { groups } = await peer.call(OffsetFetch, 8, { groups: [{ groupId: 'g', topics }] })
    expect(groups).toMatchObject([{ groupId: 'g', errorCode: 16, topics: [] }])
  })
})

/** The error of each request about a group. */
async function everything(groupId: string) {
  const who = { groupId, memberId: 'm', generationId: 1 }
  const partitions = [{ partitionIndex: 0 }]
  const topics = [{ name: 'orders', partitionIndexes: [0] }]
  return {
    join: (await peer.call(JoinGroup, 9, joining(groupId))).errorCode,
    sync: (await peer.call(SyncGroup, 4, { ...who, assignments: [] })).errorCode,
    beat: (await peer.call(Heartbeat, 4, who)).errorCode,
    leave: (await peer.call(LeaveGroup, 2, { groupId, memberId: 'm', members: [] })).errorCode,
    commit: await commit(1, { groupId }),
    fetch: (await peer.call(OffsetFetch, 7, { groupId, topics })).errorCode,
    drop: (await peer.call(OffsetDelete, 0, { groupId, topics: [{ name: 'orders', partitions }] })).errorCode,
    describe: (await peer.call(DescribeGroups, 6, { groups: [groupId] })).groups[0]!.errorCode,
    remove: (await peer.call(DeleteGroups, 2, { groupsNames: [groupId] })).results[0]!.errorCode,
  }
}

describe('while a coordinator loads', () => {
  beforeEach(async () => {
    await start({ replicas: [0, 1], isr: [0] }, { settings: { 'offsets.load.buffer.size': '1' } })
    fill(10_000)
    await broker.partitions.find(OFFSETS, 0)!.whenWritten()
    broker.changePartition(OFFSETS, 0, { leader: 1 })
    broker.changePartition(OFFSETS, 0, { leader: 0 })
  })

  test('every request is told to come again (14), but a heartbeat is taken', async () => {
    const answers = await everything('g')
    const listed = (await peer.call(ListGroups, 0, {})).errorCode
    expect(broker.groups.find('g')).toBe(14)
    expect(listed).toBe(14)
    expect(answers).toEqual({
      join: 14,
      sync: 14,
      beat: 0,
      leave: 14,
      commit: 14,
      fetch: 14,
      drop: 14,
      describe: 14,
      remove: 14,
    })
  })

  test('a coordinator that is not wanted any more stops', async () => {
    broker.changePartition(OFFSETS, 0, { leader: 1 })
    await turn()
    expect(await commit(1)).toBe(16)
    expect(broker.lines.some((line) => line.startsWith('Loaded'))).toBe(true)
    expect(broker.lines.filter((line) => line.startsWith('Loaded 10000'))).toEqual([])
  })
})

describe('when the partition is led by another broker', () => {
  test('who waits for a rebalance or an assignment is sent to look for the coordinator (16)', async () => {
    await start({ replicas: [0, 1], isr: [0] })
    const { memberId } = await member()
    const parked = (await broker.peer()).call(JoinGroup, 3, joining('g'))
    await settled(() => {}, stateIs('PreparingRebalance'))
    const leader = peer.call(JoinGroup, 3, joining('h'))
    broker.changePartition(OFFSETS, 0, { leader: 1 })
    expect(await parked).toMatchObject({ errorCode: 16, generationId: -1, members: [] })
    expect((await leader).errorCode).toBe(16)
    expect((await peer.call(Heartbeat, 3, { groupId: 'g', memberId, generationId: 1 })).errorCode).toBe(16)
  })

  test('it reads everything again when it leads again, members and offsets', async () => {
    await start({ replicas: [0, 1], isr: [0] })
    const who = await member()
    expect(await commit(7, { more: { memberId: who.memberId, generationIdOrMemberEpoch: 1 } })).toBe(0)
    expect(await commit(8, { groupId: 'simple' })).toBe(0)
    broker.changePartition(OFFSETS, 0, { leader: 1 })
    broker.changePartition(OFFSETS, 0, { leader: 0 })
    await loaded()
    expect((await peer.call(Heartbeat, 3, who)).errorCode).toBe(0)
    expect([await committed(), await committed('simple')]).toEqual([7, 8])
    const { assignment } = await peer.call(SyncGroup, 4, { ...who, assignments: [] })
    expect(assignment.toString()).toBe('all')
    clock.advance(30_000)
    await turn()
    expect((await peer.call(Heartbeat, 3, who)).errorCode).toBe(25)
  })

  test('no timer is left behind', async () => {
    await start({ replicas: [0, 1], isr: [0] })
    const before = clock.timers
    await member()
    await member('h')
    void peer.call(JoinGroup, 4, joining('g'))
    await settled(() => {}, stateIs('Stable'))
    expect(clock.timers).toBeGreaterThan(before)
    broker.changePartition(OFFSETS, 0, { leader: 1 })
    await turn()
    expect(clock.timers).toBe(before)
  })
})

async function stateIs(state: string): Promise<void> {
  const other = await broker.peer()
  while ((await other.call(DescribeGroups, 5, { groups: ['g'] })).groups[0]!.groupState !== state);
}

describe('what cannot be written', () => {
  test('is answered after offsets.commit.timeout.ms (15), and counts when it is committed later', async () => {
    await start({ replicas: [0, 1], isr: [0, 1] })
    const answer = commit(5, { on: await broker.peer() })
    const partition = broker.partitions.find(OFFSETS, 0)!
    while (partition.log.writtenEndOffset === 0) await turn()
    expect(await committed()).toBe(-1)
    clock.advance(4999)
    clock.advance(1)
    expect(await answer).toBe(15)
    expect(await committed()).toBe(-1)
    partition.followerFetched(1, partition.log.writtenEndOffset, 0)
    await turn()
    expect(await committed()).toBe(5)
  })

  test('is no commit whose word came while the process stood still, though its timer comes first', async () => {
    await start({ replicas: [0, 1], isr: [0, 1] })
    const answer = commit(5, { on: await broker.peer() })
    const partition = broker.partitions.find(OFFSETS, 0)!
    while (partition.log.writtenEndOffset === 0) await turn()
    clock.advance(5000)
    partition.followerFetched(1, partition.log.writtenEndOffset, 0)
    expect(await answer).toBe(0)
  })

  test('is refused at once where replicas are missing (15)', async () => {
    await start({ replicas: [0, 1], isr: [0], configs: { 'min.insync.replicas': '2' } })
    expect(await commit(5)).toBe(15)
    const joined = peer.call(JoinGroup, 3, joining('g'))
    expect((await joined).errorCode).toBe(15)
  })

  test('is refused where the disk is full (16), and the assignment with it; later all is well', async () => {
    const disk = new MemoryDisk()
    await start({}, { disk })
    const who = await member()
    disk.freeBytes = 10
    expect(await commit(5, { more: { memberId: who.memberId, generationIdOrMemberEpoch: 1 } })).toBe(16)
    disk.freeBytes = Number.POSITIVE_INFINITY
    clock.advance(1000)
    await turn()
    expect(await commit(6, { more: { memberId: who.memberId, generationIdOrMemberEpoch: 1 } })).toBe(0)
    expect(await committed()).toBe(6)
  })

  test('is refused where it is larger than the log takes (-1)', async () => {
    await start({ configs: { 'max.message.bytes': '300' } })
    expect(await commit(1, { groupId: 'x'.repeat(400) })).toBe(-1)
    expect(await commit(1)).toBe(0)
  })
})

test('offsets are forgotten in as many batches as it takes', async () => {
  await start({ configs: { 'max.message.bytes': '300' } })
  broker.createTopic('many', { partitions: 40 })
  for (let partitionIndex = 0; partitionIndex < 40; partitionIndex++) {
    const partitions = [{ partitionIndex, committedOffset: 1, committedMetadata: '' }]
    await peer.call(OffsetCommit, 6, { groupId: 'g', memberId: '', topics: [{ name: 'many', partitions }] })
  }
  expect((await peer.call(DeleteGroups, 2, { groupsNames: ['g'] })).results).toEqual([{ groupId: 'g', errorCode: 0 }])
  expect((await peer.call(OffsetFetch, 5, { groupId: 'g', topics: null })).topics).toEqual([])
  await broker.stop()
  await broker.open()
  await loaded()
  peer = await broker.peer()
  expect((await peer.call(OffsetFetch, 5, { groupId: 'g', topics: null })).topics).toEqual([])
})

test('offsets of a deleted topic go with it, and are not there after a restart', async () => {
  await start()
  broker.createTopic('bills')
  for (const topic of ['orders', 'bills']) expect(await commit(3, { topic })).toBe(0)
  broker.deleteTopic('bills')
  await broker.partitions.find(OFFSETS, 0)!.whenWritten()
  await turn()
  expect((await peer.call(OffsetFetch, 5, { groupId: 'g', topics: null })).topics.map(({ name }) => name)).toEqual([
    'orders',
  ])
  await broker.stop()
  await broker.open()
  await loaded()
  peer = await broker.peer()
  expect((await peer.call(OffsetFetch, 5, { groupId: 'g', topics: null })).topics.map(({ name }) => name)).toEqual([
    'orders',
  ])
})

test('offsets that nobody uses expire, by the retention of the broker or of the client', async () => {
  await start({}, { settings: { 'offsets.retention.minutes': '60' } })
  expect(await commit(1, { groupId: 'broker' })).toBe(0)
  const partitions = [{ partitionIndex: 0, committedOffset: 2, committedMetadata: '' }]
  const topics = [{ name: 'orders', partitions }]
  await peer.call(OffsetCommit, 4, { groupId: 'client', memberId: '', retentionTimeMs: 600_000, topics })
  const found = async (): Promise<number[]> => [await committed('broker'), await committed('client')]
  clock.advance(599_000)
  expect(await found()).toEqual([1, 2])
  await expiring(() => clock.advance(600_000))
  expect(await found()).toEqual([1, -1])
  await expiring(() => clock.advance(3_600_000))
  expect(await found()).toEqual([-1, -1])
  expect((await peer.call(ListGroups, 4, {})).groups).toEqual([])
})

/** What the passing of time writes has been written. */
async function expiring(pass: () => void): Promise<void> {
  pass()
  await broker.partitions.find(OFFSETS, 0)!.whenWritten()
  await turn()
}

test('a member whose session ends is gone, and one whose connection ends while it joins is not missed by others', async () => {
  await start()
  const who = await member()
  const other = await broker.peer()
  const parked = other.call(JoinGroup, 3, joining('g')).catch((error: Error) => error)
  await settled(() => {}, stateIs('PreparingRebalance'))
  other.close()
  expect(await parked).toBeInstanceOf(Error)
  const again = await peer.call(JoinGroup, 3, joining('g', { memberId: who.memberId }))
  expect(again).toMatchObject({ errorCode: 0, generationId: 2 })
  expect(again.members).toHaveLength(2)
  clock.advance(30_000)
  await turn()
  expect((await peer.call(Heartbeat, 3, { ...who, generationId: 2 })).errorCode).toBe(25)
})

test('a group belongs to the partition that its name leads to', async () => {
  await start({ partitions: 5 })
  for (const groupId of ['a', 'b', 'my-group', 'polygenelubricants', '']) {
    expect(broker.groups.partitionOf(groupId)).toBe(coordinatorPartition(groupId, 5))
    expect(await commit(1, { groupId })).toBe(0)
    expect(broker.partitions.find(OFFSETS, coordinatorPartition(groupId, 5))!.log.logEndOffset).toBeGreaterThan(0)
  }
  const { groups } = await peer.call(ListGroups, 4, {})
  expect(groups.map(({ groupId }) => groupId).sort()).toEqual(['', 'a', 'b', 'my-group', 'polygenelubricants'])
})
