import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Peer } from '../../src/net/peer.js'
import { DescribeTransactions } from '../../src/protocol/messages/describe-transactions.js'
import { JoinGroup } from '../../src/protocol/messages/join-group.js'
import { OffsetFetch } from '../../src/protocol/messages/offset-fetch.js'
import { SyncGroup } from '../../src/protocol/messages/sync-group.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { joining } from '../support/group-clients.js'
import { ManualClock } from '../support/manual-clock.js'
import { NEW, OLD, readCommitted, TransactionClient } from '../support/transaction-client.js'

let clock: ManualClock
let broker: DataPathBroker
let peer: Peer

beforeEach(async () => {
  clock = new ManualClock()
  broker = await DataPathBroker.start({ clock, settings: { 'group.initial.rebalance.delay.ms': '0' } })
  broker.apply({ type: 'FeatureLevel', name: 'transaction.version', featureLevel: 2 })
  broker.createTopic('__transaction_state')
  broker.createTopic('__consumer_offsets')
  broker.createTopic('t')
  await ready()
})
afterEach(() => broker.close())

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function ready(): Promise<void> {
  while (broker.transactions.find('a') === 14 || broker.groups.find('g') === 14) await turn()
  peer = await broker.peer()
}

async function restart(): Promise<void> {
  await broker.stop()
  await broker.open()
  await ready()
}

const client = (versions = NEW): Promise<TransactionClient> => new TransactionClient(peer, 'a', versions).start()

async function state(): Promise<string> {
  const { transactionStates } = await peer.call(DescribeTransactions, 0, { transactionalIds: ['a'] })
  return transactionStates[0]!.transactionState
}

async function until(wanted: string): Promise<void> {
  while ((await state()) !== wanted) await turn()
}

describe.each([
  ['of the older protocol', OLD],
  ['of KIP-890', NEW],
])('a transaction %s', (_, versions) => {
  async function begun(): Promise<TransactionClient> {
    const producer = await client(versions)
    if (versions === OLD) await producer.add('t', 0)
    await producer.send('t', 'x')
    return producer
  }

  test('that takes longer than its producer allowed is aborted, and the producer is fenced', async () => {
    const producer = await begun()
    clock.advance(60_000)
    expect(await state()).toBe('Ongoing')
    clock.advance(10_000)
    await until('CompleteAbort')
    expect(await readCommitted(peer, 't')).toMatchObject({ values: [], lastStableOffset: 2 })
    // The abort looks to a producer of KIP-890 like its own, but for the result.
    expect(await producer.end(true)).toMatchObject({ errorCode: versions === OLD ? 90 : 48 })
    expect(await producer.send('t', 'y')).toMatchObject({ errorCode: 47 })
  })

  test('goes on after a restart', async () => {
    const before = await begun()
    await restart()
    expect(await state()).toBe('Ongoing')
    const after = Object.assign(new TransactionClient(peer, 'a', versions), before, { peer })
    expect(await after.send('t', 'y', { sequence: 1 })).toMatchObject({ errorCode: 0 })
    await after.finish(true)
    await until('CompleteCommit')
    expect((await readCommitted(peer, 't')).values).toEqual(['x', 'y'])
  })

  test.each([
    [true, ['x']],
    [false, []],
  ])('that was decided (commit: %s) ends that way, whoever is there to end it', async (isCommit, values) => {
    const producer = await begun()
    broker.changePartition('t', 0, { leader: 1 })
    await producer.finish(isCommit)
    const prepared = isCommit ? 'PrepareCommit' : 'PrepareAbort'
    await until(prepared)
    expect(await producer.end(isCommit)).toMatchObject({ errorCode: 51 })
    await restart()
    expect(await state()).toBe(prepared)
    broker.changePartition('t', 0, { leader: 0 })
    await turn()
    clock.advance(100)
    await until(isCommit ? 'CompleteCommit' : 'CompleteAbort')
    expect((await readCommitted(peer, 't')).values).toEqual(values)
  })
})

test('an id that nobody has used for seven days is forgotten', async () => {
  await client()
  clock.advance(7 * 86_400_000 - 3_600_000)
  expect(await state()).toBe('Empty')
  clock.advance(2 * 3_600_000)
  while ((await state()) !== '') await turn()
  expect((await client()).producerEpoch).toBe(0)
})

describe('offsets in a transaction', () => {
  async function offset(requireStable = false): Promise<{ committedOffset: number; errorCode: number }> {
    const topics = [{ name: 't', partitionIndexes: [0] }]
    const answer = await peer.call(OffsetFetch, 7, { groupId: 'g', topics, requireStable })
    const { committedOffset, errorCode } = answer.topics[0]!.partitions[0]!
    return { committedOffset, errorCode }
  }

  async function begun(versions = NEW): Promise<TransactionClient> {
    const producer = await client(versions)
    if (versions === OLD) expect(await producer.addOffsets('g')).toBe(0)
    return producer
  }

  test.each([
    ['of the older protocol', OLD],
    ['of KIP-890', NEW],
  ])('%s count once it is committed, and not if it is aborted', async (_, versions) => {
    const producer = await begun(versions)
    expect(await producer.commitOffset('g', 't', 5)).toBe(0)
    expect(await offset()).toEqual({ committedOffset: -1, errorCode: 0 })
    expect(await offset(true)).toEqual({ committedOffset: -1, errorCode: 88 })
    await producer.finish(true)
    await until('CompleteCommit')
    expect(await offset(true)).toEqual({ committedOffset: 5, errorCode: 0 })
    if (versions === OLD) expect(await producer.addOffsets('g')).toBe(0)
    expect(await producer.commitOffset('g', 't', 9)).toBe(0)
    await producer.finish(false)
    await until('CompleteAbort')
    expect(await offset(true)).toEqual({ committedOffset: 5, errorCode: 0 })
  })

  test('are pending after a restart too, and count when its marker comes', async () => {
    const before = await begun()
    await before.commitOffset('g', 't', 5)
    await restart()
    expect(await offset(true)).toEqual({ committedOffset: -1, errorCode: 88 })
    const after = Object.assign(new TransactionClient(peer, 'a'), before, { peer })
    await after.finish(true)
    await until('CompleteCommit')
    expect(await offset(true)).toEqual({ committedOffset: 5, errorCode: 0 })
    await restart()
    expect(await offset(true)).toEqual({ committedOffset: 5, errorCode: 0 })
  })

  test('need the transaction to know of the group: 48, or 120 where that is known', async () => {
    const producer = await client({ ...OLD, txnOffsetCommit: 3 })
    expect(await producer.commitOffset('g', 't', 5)).toBe(48)
    const newer = await client({ ...OLD, txnOffsetCommit: 4 })
    expect(await newer.commitOffset('g', 't', 5)).toBe(120)
  })

  test('a group without name is refused (24), a topic that is not there is unknown (3)', async () => {
    const producer = await begun()
    expect(await producer.commitOffset('', 't', 5)).toBe(24)
    expect(await producer.commitOffset('g', 'nope', 5)).toBe(3)
  })

  test('are those of a member in its generation: 25, 22 and 82 for others, but anybody who does not say may', async () => {
    const joined = peer.call(JoinGroup, 5, joining('g', { groupInstanceId: 'one' }))
    let isOpen = true
    void joined.finally(() => {
      isOpen = false
    })
    while (isOpen) {
      clock.advance(0)
      await turn()
    }
    const { memberId, generationId } = await joined
    const assignments = [{ memberId, assignment: Buffer.from('all') }]
    await peer.call(SyncGroup, 4, { groupId: 'g', memberId, generationId, assignments })
    const producer = await begun()
    const commit = (member: object): Promise<number> => producer.commitOffset('g', 't', 5, member)
    expect(await commit({ memberId: 'stranger', generationId })).toBe(25)
    expect(await commit({ memberId, generationId: generationId - 1 })).toBe(22)
    expect(await commit({ memberId: 'stranger', generationId, groupInstanceId: 'one' })).toBe(82)
    expect(await commit({ memberId, generationId, groupInstanceId: 'one' })).toBe(0)
    expect(await commit({})).toBe(0)
  })

  test('a generation of a group that does not exist is an old one (22)', async () => {
    const producer = await begun()
    expect(await producer.commitOffset('g', 't', 5, { memberId: 'm', generationId: 1 })).toBe(22)
  })
})
