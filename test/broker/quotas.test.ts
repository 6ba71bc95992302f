import { afterEach, describe, expect, test } from 'vitest'
import type { Peer } from '../../src/net/peer.js'
import { ApiVersions } from '../../src/protocol/messages/api-versions.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { buildBatch } from '../../src/records/builder.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { ManualClock } from '../support/manual-clock.js'

/** A clock on which each look at it takes some time, as work does. */
class BusyClock extends ManualClock {
  stepMs = 0

  override monotonicMs(): number {
    this.advance(this.stepMs)
    return super.monotonicMs()
  }
}

const clock = new BusyClock()
let broker: DataPathBroker

async function start(...quotas: [entity: Record<string, string | null>, key: string, value: number][]): Promise<void> {
  clock.stepMs = 0
  broker = await DataPathBroker.start({ clock })
  broker.createTopic('t')
  for (const quota of quotas) setQuota(...quota)
}

function setQuota(entity: Record<string, string | null>, key: string, value: number | null): void {
  const parts = Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName }))
  broker.apply({ type: 'ClientQuota', entity: parts, key, value: value ?? 0, remove: value === null })
}

afterEach(() => broker.close())

function produced(bytes: number, acks = 1) {
  const records = buildBatch({ records: [{ timestamp: clock.now(), key: null, value: Buffer.alloc(bytes) }] })
  const topicData = [{ name: 't', partitionData: [{ index: 0, records }] }]
  return { transactionalId: null, acks, timeoutMs: 1000, topicData }
}

const produce = (peer: Peer, bytes: number) => peer.call(Produce, 9, produced(bytes))

function fetched(o: { sessionId?: number; sessionEpoch?: number; replicaId?: number } = {}) {
  const { sessionId = 0, sessionEpoch = -1, replicaId = -1 } = o
  const topics = [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }] }]
  return { replicaId, maxWaitMs: 0, minBytes: 1, maxBytes: 1e6, isolationLevel: 0, sessionId, sessionEpoch, topics }
}

/** Settles whatever the broker does for others before this is answered. */
async function somebodyElseIsServed(): Promise<void> {
  const other = await broker.peer('somebody else')
  await other.call(ApiVersions, 3, { clientSoftwareName: 'test', clientSoftwareVersion: '1' })
}

/** Whether `answer` has come. */
function watch(answer: Promise<unknown>): { hasCome: boolean } {
  const state = { hasCome: false }
  void answer.then(() => {
    state.hasCome = true
  })
  return state
}

describe('who produces more than the quota allows', () => {
  test('is told of three weeks at most: more does not fit into an answer', async () => {
    await start([{ 'client-id': 'writer' }, 'producer_byte_rate', 1e-9])
    const { throttleTimeMs, responses } = await produce(await broker.peer('writer'), 1)
    expect([throttleTimeMs, responses[0]!.partitionResponses[0]!.errorCode]).toEqual([0x7fffffff, 0])
  })

  test('is answered at once, told for how long to be quiet, and read again only then', async () => {
    await start([{ 'client-id': 'writer' }, 'producer_byte_rate', 1000])
    const peer = await broker.peer('writer')
    const first = await produce(peer, 20_000)
    expect(first.responses[0]!.partitionResponses[0]!.errorCode).toBe(0)
    expect(first.throttleTimeMs).toBeGreaterThan(10_000)
    const next = produce(peer, 1)
    const state = watch(next)
    await somebodyElseIsServed()
    clock.advance(first.throttleTimeMs - 1)
    await somebodyElseIsServed()
    expect(state.hasCome).toBe(false)
    expect(broker.partitions.find('t', 0)!.log.logEndOffset).toBe(1)
    clock.advance(1)
    await next
    expect(broker.partitions.find('t', 0)!.log.logEndOffset).toBe(2)
  })

  test('is held back without an answer, too', async () => {
    await start([{ user: 'ANONYMOUS' }, 'producer_byte_rate', 1000])
    const peer = await broker.peer('writer')
    peer.send(Produce, 9, produced(20_000, 0))
    const next = produce(peer, 1)
    const state = watch(next)
    await somebodyElseIsServed()
    await somebodyElseIsServed()
    expect(state.hasCome).toBe(false)
    clock.advance(30_000)
    await next
  })

  test('shares the quota of his user with everybody who is that user, and a default one with nobody', async () => {
    await start([{ user: 'ANONYMOUS' }, 'producer_byte_rate', 1000])
    await produce(await broker.peer('a'), 20_000)
    expect((await produce(await broker.peer('b'), 1)).throttleTimeMs).toBeGreaterThan(0)
    setQuota({ user: 'ANONYMOUS' }, 'producer_byte_rate', null)
    setQuota({ 'client-id': null }, 'producer_byte_rate', 1000)
    expect((await produce(await broker.peer('c'), 20_000)).throttleTimeMs).toBeGreaterThan(0)
    expect((await produce(await broker.peer('d'), 1)).throttleTimeMs).toBe(0)
  })

  test('is let go as soon as the quota is gone', async () => {
    await start([{ 'client-id': 'writer' }, 'producer_byte_rate', 1])
    expect((await produce(await broker.peer('writer'), 1000)).throttleTimeMs).toBeGreaterThan(0)
    setQuota({ 'client-id': 'writer' }, 'producer_byte_rate', null)
    expect((await produce(await broker.peer('writer'), 1000)).throttleTimeMs).toBe(0)
  })

  test('leaves no timer behind when the connection ends', async () => {
    await start([{ 'client-id': 'writer' }, 'producer_byte_rate', 1])
    const before = clock.timers
    const peer = await broker.peer('writer')
    await produce(peer, 1000)
    expect(clock.timers).toBe(before + 1)
    peer.close()
    await peer.closed
    while (clock.timers > before) await somebodyElseIsServed()
  })
})

describe('who fetches more than the quota allows', () => {
  test('gets nothing, which does not count, and everything when there is room again', async () => {
    await start([{ 'client-id': 'reader' }, 'consumer_byte_rate', 100])
    await produce(await broker.peer('writer'), 600)
    const peer = await broker.peer('reader')
    const first = await peer.call(Fetch, 12, fetched())
    expect([first.throttleTimeMs, first.responses.length]).toEqual([0, 1])
    const second = await peer.call(Fetch, 12, fetched())
    expect([second.errorCode, second.responses]).toEqual([0, []])
    expect(second.throttleTimeMs).toBeGreaterThan(0)
    clock.advance(60_000)
    const third = await peer.call(Fetch, 12, fetched())
    expect([third.throttleTimeMs, third.responses.length]).toEqual([0, 1])
  })

  test('keeps his session, from which nothing was told', async () => {
    await start([{ 'client-id': 'reader' }, 'consumer_byte_rate', 100])
    await produce(await broker.peer('writer'), 600)
    const peer = await broker.peer('reader')
    const full = await peer.call(Fetch, 12, fetched({ sessionEpoch: 0 }))
    const { sessionId } = full
    expect([full.responses.length, sessionId !== 0]).toEqual([1, true])
    const held = await peer.call(Fetch, 12, { ...fetched({ sessionId, sessionEpoch: 1 }), topics: [] })
    expect([held.sessionId, held.responses, held.throttleTimeMs > 0]).toEqual([sessionId, [], true])
    clock.advance(60_000)
    const told = await peer.call(Fetch, 12, { ...fetched({ sessionId, sessionEpoch: 2 }), topics: [] })
    expect([told.sessionId, told.responses.length, told.throttleTimeMs]).toEqual([sessionId, 1, 0])
  })

  test('is no follower: those copy as fast as they can', async () => {
    await start(
      [{ 'client-id': 'reader' }, 'consumer_byte_rate', 1],
      [{ 'client-id': 'reader' }, 'request_percentage', 1e-6],
    )
    await produce(await broker.peer('writer'), 600)
    clock.stepMs = 5
    const answer = await (await broker.peer('reader')).call(Fetch, 12, fetched({ replicaId: 1 }))
    expect(answer.throttleTimeMs).toBe(0)
  })
})

describe('who takes more of the time than the quota allows', () => {
  test('is held back whatever he asks for, for a window at most', async () => {
    await start([{ 'client-id': 'busy' }, 'request_percentage', 0.001])
    clock.stepMs = 5
    const peer = await broker.peer('busy')
    const answer = await peer.call(ApiVersions, 3, { clientSoftwareName: 'test', clientSoftwareVersion: '1' })
    expect(answer.throttleTimeMs).toBe(1000)
    const fresh = await broker.peer('busy')
    expect((await fresh.call(Fetch, 12, fetched())).responses).toEqual([])
    const other = await broker.peer('somebody else')
    expect(
      (await other.call(ApiVersions, 3, { clientSoftwareName: 't', clientSoftwareVersion: '1' })).throttleTimeMs,
    ).toBe(0)
  })
})

test('without any quota nobody is held back, and requests of one connection overlap', async () => {
  await start()
  const peer = await broker.peer('writer')
  const answers = await Promise.all(Array.from({ length: 20 }, () => produce(peer, 10_000)))
  expect(answers.every(({ throttleTimeMs }) => throttleTimeMs === 0)).toBe(true)
})
