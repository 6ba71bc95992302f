import { afterEach, describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.js'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import type { OtherBrokers } from '../../src/broker/other-brokers.js'
import type { Partition } from '../../src/broker/partition.js'
import { ReplicaFetchers } from '../../src/broker/replica-fetchers.js'
import { CopyLimit } from '../../src/broker/replication-throttles.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import type { Api, ReadResponse, WriteRequest } from '../../src/protocol/schema.js'
import { buildBatch } from '../../src/records/builder.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { ManualClock } from '../support/manual-clock.js'

const EPOCH = 100
const RATE = 1000
const VALUE = Buffer.alloc(5000)

const clock = new ManualClock()
let broker: DataPathBroker
let fetchers: ReplicaFetchers | null = null
afterEach(async () => {
  fetchers?.close()
  fetchers = null
  await broker?.close()
})

async function start(): Promise<void> {
  broker = await DataPathBroker.start({ clock, directories: 2 })
  for (const id of [0, 1, 2]) broker.registerBroker(id, EPOCH + id)
}

/** For this broker, by `klog configs` or a reassignment with a throttle. */
function rate(name: string, value: number): void {
  broker.apply({ type: 'Config', resourceType: 4, resourceName: '0', name, value: String(value) })
}

function batch(baseOffset: number): Buffer {
  return buildBatch({ baseOffset, leaderEpoch: 0, records: [{ timestamp: clock.now(), key: null, value: VALUE }] })
}

async function append(topic: string, count: number): Promise<Partition> {
  const partition = broker.partitions.find(topic, 0)!
  for (let i = 0; i < count; i++) partition.append(batch(0), { origin: 'client' })
  await partition.whenWritten()
  return partition
}

/** How many bytes of records broker `id` is given; negative for a consumer. */
async function fetched(id: number, topic: string, o: { offset?: number; maxBytes?: number; waitMs?: number } = {}) {
  const peer = await broker.peer()
  const { offset: fetchOffset = 0, maxBytes: partitionMaxBytes = 5000, waitMs = 0 } = o
  const asked = { partition: 0, currentLeaderEpoch: -1, fetchOffset, lastFetchedEpoch: -1, logStartOffset: 0 }
  const { responses } = await peer.call(Fetch, 18, {
    replicaState: id < 0 ? { replicaId: -1, replicaEpoch: -1 } : { replicaId: id, replicaEpoch: EPOCH + id },
    ...{ maxWaitMs: waitMs, minBytes: 1, maxBytes: 1_000_000 },
    topics: [{ topicId: broker.image.topic(topic)!.id, partitions: [{ ...asked, partitionMaxBytes }] }],
    forgottenTopicsData: [],
  })
  const { errorCode, records } = responses[0]!.partitions[0]!
  expect(errorCode).toBe(0)
  return (records as Buffer).length
}

describe('a limit on what is copied', () => {
  const limit = new CopyLimit(() => RATE, { count: 11, sizeMs: 1000 }, clock)

  test('is exceeded by more than a second may have, and not a moment before', () => {
    expect(limit.isExceeded).toBe(false)
    limit.record(RATE)
    expect(limit.isExceeded).toBe(false)
    limit.record(1)
    expect(limit.isExceeded).toBe(true)
  })

  test('holds on the average: five times as much has to wait until five seconds are over', () => {
    limit.record(4 * RATE - 1)
    clock.advance(4900)
    expect(limit.isExceeded).toBe(true)
    clock.advance(100)
    expect(limit.isExceeded).toBe(false)
  })

  test('forgets what lies behind its windows', () => {
    limit.record(1000 * RATE)
    expect(limit.isExceeded).toBe(true)
    clock.advance(11_000)
    expect(limit.isExceeded).toBe(false)
  })
})

describe('a throttled leader', () => {
  const throttled = { 'leader.replication.throttled.replicas': '1:0,0:0,0:2' }
  const copied = { replicas: [0, 1, 2], isr: [0, 1] }

  test('gives a replica that is not in sync nothing more until the rate is back, others what they ask for', async () => {
    await start()
    rate('leader.replication.throttled.rate', RATE)
    broker.createTopic('slow', { ...copied, configs: throttled })
    broker.createTopic('fast', copied)
    await append('slow', 4)
    await append('fast', 4)
    expect(await fetched(2, 'slow')).toBeGreaterThan(5000)
    expect(await fetched(2, 'slow', { offset: 1 })).toBe(0)
    expect(await fetched(1, 'slow')).toBeGreaterThan(5000)
    expect(await fetched(2, 'fast')).toBeGreaterThan(5000)
    // What the replica in sync was given counts, too: ten thousand bytes at a thousand a second.
    clock.advance(9500)
    expect(await fetched(2, 'slow', { offset: 1 })).toBe(0)
    clock.advance(1000)
    expect(await fetched(2, 'slow', { offset: 1 })).toBeGreaterThan(5000)
  })

  test('lets consumers read, and counts nothing of what they get', async () => {
    await start()
    rate('leader.replication.throttled.rate', RATE)
    broker.createTopic('slow', { replicas: [0, 2], isr: [0], configs: throttled })
    await append('slow', 4)
    for (let i = 0; i < 3; i++) expect(await fetched(-1, 'slow')).toBeGreaterThan(5000)
    expect(await fetched(2, 'slow')).toBeGreaterThan(5000)
  })

  test('makes who is held back wait as long as it asked to, for there is nothing for it', async () => {
    await start()
    rate('leader.replication.throttled.rate', RATE)
    broker.createTopic('slow', { ...copied, configs: { 'leader.replication.throttled.replicas': '*' } })
    await append('slow', 4)
    await fetched(2, 'slow')
    const timers = clock.timers
    const waiting = fetched(2, 'slow', { offset: 1, waitMs: 500 })
    while (clock.timers === timers) await new Promise((resolve) => setImmediate(resolve))
    await append('slow', 1)
    clock.advance(500)
    expect(await waiting).toBe(0)
  })

  test('is one for the replicas that are named for this broker only', async () => {
    await start()
    rate('leader.replication.throttled.rate', RATE)
    broker.createTopic('slow', { ...copied, configs: { 'leader.replication.throttled.replicas': '0:1,1:0' } })
    await append('slow', 4)
    for (let offset = 0; offset < 4; offset++) expect(await fetched(2, 'slow', { offset })).toBeGreaterThan(5000)
  })
})

describe('a throttled follower', () => {
  let calls: { request: WriteRequest<typeof Fetch>; answer: (response: unknown) => void }[] = []

  function leader(): OtherBrokers {
    let fail: (error: Error) => void = () => {}
    return {
      call: <A extends Api>(_to: number, _api: A, _version: number, request: WriteRequest<A>) =>
        new Promise<ReadResponse<A>>((resolve, reject) => {
          fail = reject
          const answer = (response: unknown): void => resolve(response as ReadResponse<A>)
          calls.push({ request: request as WriteRequest<typeof Fetch>, answer })
        }),
      close: () => fail(new Error('closed')),
    }
  }

  const settled = () => new Promise((resolve) => setImmediate(resolve))

  async function follow(topics: readonly string[]): Promise<void> {
    await start()
    calls = []
    rate('follower.replication.throttled.rate', RATE)
    const config = new BrokerConfig({ nodeId: 0, settings: new Map() })
    const { partitions } = broker
    const common = { nodeId: 0, partitions, brokerEpoch: () => 77, config, clock, log: silentLog, connect: leader }
    fetchers = new ReplicaFetchers(common)
    const configs = { 'follower.replication.throttled.replicas': '0:0' }
    for (const topic of topics)
      broker.createTopic(topic, { replicas: [1, 0], leader: 1, ...(topic === 'slow' && { configs }) })
    await settled()
  }

  async function answer(given: Record<string, { records: Buffer; highWatermark: number }>): Promise<void> {
    const responses = Object.entries(given).map(([topic, answered]) => {
      const { topicId } = broker.partitions.find(topic, 0)!
      const common = {
        partitionIndex: 0,
        errorCode: 0,
        logStartOffset: 0,
        divergingEpoch: { epoch: -1, endOffset: -1 },
      }
      return { topicId, partitions: [{ ...common, ...answered }] }
    })
    calls.at(-1)!.answer({ errorCode: 0, responses })
    await settled()
  }

  const askedTopics = () => calls.at(-1)!.request.topics.map(({ topicId }) => broker.image.topicById(topicId!)!.name)

  test('leaves replicas that are not in sync out of what it asks for until the rate is back', async () => {
    await follow(['slow', 'fast'])
    await answer({ slow: { records: batch(0), highWatermark: 9 }, fast: { records: batch(0), highWatermark: 9 } })
    expect(askedTopics()).toEqual(['fast'])
    await answer({ fast: { records: batch(1), highWatermark: 9 } })
    expect(askedTopics()).toEqual(['fast'])
    clock.advance(6000)
    await settled()
    await answer({ fast: { records: batch(2), highWatermark: 9 } })
    expect(askedTopics().sort()).toEqual(['fast', 'slow'])
  })

  test('asks again by itself where it has nothing else to ask for', async () => {
    await follow(['slow'])
    await answer({ slow: { records: batch(0), highWatermark: 9 } })
    expect(calls.length).toBe(1)
    for (let i = 0; i < 60 && calls.length === 1; i++) {
      clock.advance(100)
      await settled()
    }
    expect(calls.length).toBe(2)
  })

  test('goes on with a replica that is in sync, whatever it is given', async () => {
    await follow(['slow'])
    await answer({ slow: { records: batch(0), highWatermark: 1 } })
    expect(askedTopics()).toEqual(['slow'])
    await answer({ slow: { records: batch(1), highWatermark: 2 } })
    expect(calls.length).toBe(3)
  })
})

describe('throttled moves between directories', () => {
  test('share one limit', async () => {
    await start()
    rate('replica.alter.log.dirs.io.max.bytes.per.second', RATE)
    broker.createTopic('a')
    broker.createTopic('b')
    await append('a', 1)
    await append('b', 1)
    const homeOf = (topic: string) => broker.partitions.directories.findIndex((at) => at.find(topic, 0) !== null)
    const before = [homeOf('a'), homeOf('b')]
    const isMoved = (at: number) => homeOf('ab'[at]!) !== before[at]
    for (const [at, topic] of ['a', 'b'].entries())
      broker.partitions.move(topic, 0, broker.partitions.directories[1 - before[at]!]!)
    // In small steps, which leave the device the time that it takes.
    const until = async (isDone: () => boolean, msMax: number) => {
      for (let ms = 0; ms < msMax && !isDone(); ms++) {
        clock.advance(1)
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    }
    await until(() => isMoved(0) || isMoved(1), 4000)
    expect([isMoved(0), isMoved(1)]).toEqual([true, false])
    clock.advance(5000)
    await until(() => isMoved(1), 4000)
    expect(isMoved(1)).toBe(true)
  })
})
