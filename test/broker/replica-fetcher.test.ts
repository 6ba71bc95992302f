import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Log, silentLog } from '../../src/base/log.js'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import type { OtherBrokers } from '../../src/broker/other-brokers.js'
import type { Partition } from '../../src/broker/partition.js'
import { ReplicaFetchers } from '../../src/broker/replica-fetchers.js'
import type { Fetch } from '../../src/protocol/messages/fetch.js'
import type { Api, ReadResponse, WriteRequest } from '../../src/protocol/schema.js'
import { buildBatch } from '../../src/records/builder.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { ManualClock } from '../support/manual-clock.js'

interface Call {
  readonly to: number
  readonly api: string
  readonly request: WriteRequest<typeof Fetch>
  readonly answer: (response: unknown) => void
  readonly fail: (error: Error) => void
}

let broker: DataPathBroker
let clock: ManualClock
let fetchers: ReplicaFetchers
let calls: Call[]
let lines: string[]

beforeEach(async () => {
  clock = new ManualClock()
  broker = await DataPathBroker.start({ clock })
  calls = []
  lines = []
  const keep = (line: string): void => void lines.push(line)
  const log: Log = { ...silentLog, info: keep, warn: keep, error: keep, named: () => log }
  const config = new BrokerConfig({ nodeId: 0, settings: new Map() })
  const { partitions } = broker
  fetchers = new ReplicaFetchers({ nodeId: 0, partitions, brokerEpoch: () => 77, config, clock, log, connect: leader })
})

afterEach(async () => {
  fetchers.close()
  await broker.close()
})

/** Broker 1, which answers what the test says. */
function leader(): OtherBrokers {
  const open = new Set<Call>()
  return {
    call: <A extends Api>(to: number, api: A, _version: number, request: WriteRequest<A>) =>
      new Promise<ReadResponse<A>>((resolve, reject) => {
        const call: Call = {
          ...{ to, api: api.name, request: request as WriteRequest<typeof Fetch> },
          answer: (response) => resolve(response as ReadResponse<A>),
          fail: reject,
        }
        open.add(call)
        calls.push(call)
      }),
    close: () => {
      for (const { fail } of open) fail(new Error('closed'))
    },
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

function follow(topic = 't', partitions = 1): Partition {
  broker.createTopic(topic, { replicas: [1, 0], leader: 1, partitions })
  return broker.partitions.find(topic, 0)!
}

function batch(baseOffset: number, count: number, leaderEpoch: number): Buffer {
  const records = Array.from({ length: count }, (_, i) => ({
    timestamp: clock.now(),
    key: null,
    value: Buffer.from(`${baseOffset + i}`),
  }))
  return buildBatch({ baseOffset, leaderEpoch, records })
}

function asked(call = calls.at(-1)!) {
  return call.request.topics.flatMap(({ partitions }) => partitions)
}

interface Answered {
  errorCode?: number
  highWatermark?: number
  logStartOffset?: number
  diverging?: { epoch: number; endOffset: number }
  records?: Buffer
}

/** Answers the request under way, and waits for the next one. */
async function answer(o: Answered = {}, partition = broker.partitions.find('t', 0)!): Promise<void> {
  const call = calls.at(-1)!
  const { errorCode = 0, highWatermark = 0, logStartOffset = 0, diverging, records = Buffer.alloc(0) } = o
  const answered = {
    ...{ partitionIndex: partition.index, errorCode, highWatermark, logStartOffset, records },
    divergingEpoch: diverging ?? { epoch: -1, endOffset: -1 },
  }
  call.answer({ errorCode: 0, responses: [{ topicId: partition.topicId, partitions: [answered] }] })
  await settled()
}

/** Answers ListOffsets. */
async function offset(value: number, errorCode = 0): Promise<void> {
  expect(calls.at(-1)!.api).toBe('ListOffsets')
  calls.at(-1)!.answer({ topics: [{ partitions: [{ errorCode, offset: value }] }] })
  await settled()
}

describe('what is asked for', () => {
  test('what comes next in the log, with the epoch of its last record, as a follower in this incarnation', async () => {
    const partition = follow()
    await settled()
    await answer({ records: batch(0, 3, 0), highWatermark: 2 })
    expect(calls.map(({ to, api }) => [to, api])).toEqual([
      [1, 'Fetch'],
      [1, 'Fetch'],
    ])
    const { replicaState, maxWaitMs, minBytes, maxBytes, topics } = calls[1]!.request
    expect({ replicaState, maxWaitMs, minBytes, maxBytes }).toEqual({
      replicaState: { replicaId: 0, replicaEpoch: 77 },
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: 10_485_760,
    })
    expect(topics[0]!.topicId).toBe(partition.topicId)
    expect(asked()).toEqual([
      {
        partition: 0,
        currentLeaderEpoch: 0,
        fetchOffset: 3,
        lastFetchedEpoch: 0,
        logStartOffset: 0,
        partitionMaxBytes: 1_048_576,
      },
    ])
  })

  test('all partitions of one leader together', async () => {
    follow('t', 3)
    follow('u')
    await settled()
    expect(calls.length).toBe(1)
    expect(calls[0]!.request.topics.map(({ partitions }) => partitions.length)).toEqual([3, 1])
  })

  test('a partition that comes while a request waits at the leader is not made to wait with it', async () => {
    follow()
    await settled()
    follow('u')
    await settled()
    expect(calls.length).toBe(1)
    clock.advance(5)
    await settled()
    expect(calls.length).toBe(2)
    expect(asked().length).toBe(2)
    expect(lines).toEqual([])
  })

  test('nothing any more of who leads itself, or is gone', async () => {
    follow()
    follow('u')
    await settled()
    broker.changePartition('t', 0, { leader: 0 })
    broker.deleteTopic('u')
    await settled()
    await answer()
    expect(calls.length).toBe(1)
  })
})

describe('what is taken over', () => {
  test('batches as they are, and what is committed as far as it is here', async () => {
    const partition = follow()
    await settled()
    const sent = Buffer.concat([batch(0, 2, 0), batch(2, 3, 0)])
    await answer({ records: Buffer.from(sent), highWatermark: 9 })
    const { log } = partition
    expect([log.writtenEndOffset, log.highWatermark]).toEqual([5, 5])
    const read = log.read(0, 1e6, { endOffset: 5, minOneBatch: true })
    expect(Buffer.concat(read.chunks)).toEqual(sent)
    read.release()
  })

  test('a leader that knows less of what is committed takes nothing of that back', async () => {
    const partition = follow()
    await settled()
    await answer({ records: batch(0, 4, 0), highWatermark: 4 })
    await answer({ highWatermark: 2 })
    expect(partition.highWatermark).toBe(4)
  })

  test('where the leader has its log begin, the replica does too', async () => {
    const partition = follow()
    await settled()
    await answer({ records: batch(0, 4, 0), highWatermark: 3, logStartOffset: 2 })
    expect(partition.log.logStartOffset).toBe(2)
    await answer({ highWatermark: 3, logStartOffset: 4 })
    expect(partition.log.logStartOffset).toBe(3)
  })

  test('who waits at the follower for records hears of what is committed', async () => {
    const partition = follow()
    await settled()
    let count = 0
    partition.changes.listen(() => count++)
    await answer({ records: batch(0, 4, 0), highWatermark: 0 })
    const before = count
    await answer({ highWatermark: 4 })
    expect(count).toBeGreaterThan(before)
  })
})

describe('where logs have parted', () => {
  async function withEpochs(): Promise<Partition> {
    const partition = follow()
    await settled()
    await answer({ records: Buffer.concat([batch(0, 5, 0), batch(5, 5, 2), batch(10, 5, 4)]), highWatermark: 5 })
    return partition
  }

  test('the replica is cut to where the epoch ended for the leader, in whole batches', async () => {
    const partition = await withEpochs()
    await answer({ diverging: { epoch: 2, endOffset: 7 } })
    expect(partition.log.logEndOffset).toBe(5)
    expect(asked()[0]).toMatchObject({ fetchOffset: 5, lastFetchedEpoch: 0 })
    expect(lines).toEqual(['Truncated t-0 from 15 to 5: broker 1 leads in epoch 0 without that'])
  })

  test('to where it ended here, when that is earlier', async () => {
    const partition = await withEpochs()
    await answer({ diverging: { epoch: 2, endOffset: 12 } })
    expect(partition.log.logEndOffset).toBe(10)
    expect(asked()[0]).toMatchObject({ fetchOffset: 10, lastFetchedEpoch: 2 })
  })

  test('to the end of the epoch before, when the one of the leader is not known here', async () => {
    const partition = await withEpochs()
    await answer({ diverging: { epoch: 3, endOffset: 12 } })
    expect(partition.log.logEndOffset).toBe(10)
    await answer({ diverging: { epoch: 1, endOffset: 6 } })
    expect(partition.log.logEndOffset).toBe(5)
  })

  test('an epoch in which nothing was written counts as the last one', async () => {
    const partition = await withEpochs()
    broker.changePartition('t', 0, { leader: 0 })
    broker.changePartition('t', 0, { leader: 1 })
    await settled()
    expect(asked()[0]).toMatchObject({ fetchOffset: 15, lastFetchedEpoch: partition.log.leaderEpochs.latestEpoch })
  })
})

describe('when the offset is outside of the leader’s log', () => {
  test('a replica that is longer is cut to where the leader ends', async () => {
    const partition = follow()
    await settled()
    await answer({ records: Buffer.concat([batch(0, 6, 0), batch(6, 2, 0)]), highWatermark: 3 })
    await answer({ errorCode: 1 })
    await offset(6)
    expect(partition.log.logEndOffset).toBe(6)
    expect(asked()[0]).toMatchObject({ fetchOffset: 6 })
  })

  test('a replica that ends before the leader begins, begins anew there', async () => {
    const partition = follow()
    await settled()
    await answer({ records: batch(0, 8, 0), highWatermark: 3 })
    await answer({ errorCode: 1 })
    await offset(90)
    await offset(40)
    expect([partition.log.logStartOffset, partition.log.logEndOffset]).toEqual([40, 40])
    expect(asked()[0]).toMatchObject({ fetchOffset: 40, logStartOffset: 40 })
    expect(lines).toEqual(['t-0 begins anew at 40: its leader has nothing from before'])
  })

  test('a leader that does not say is asked again later', async () => {
    follow()
    await settled()
    await answer({ errorCode: 1 })
    await offset(-1, 6)
    expect(calls.length).toBe(2)
    clock.advance(25)
    await settled()
    expect(calls.at(-1)!.api).toBe('Fetch')
  })
})

describe('when there is no answer to be taken', () => {
  test.each([3, 6, 74, 75, 100])(
    'error %i: the metadata is on its way, so it is asked again, later each time',
    async (errorCode) => {
      follow()
      await settled()
      await answer({ errorCode })
      expect(calls.length).toBe(1)
      clock.advance(25)
      await settled()
      expect(calls.length).toBe(2)
      await answer({ errorCode })
      clock.advance(49)
      await settled()
      expect(calls.length).toBe(2)
      clock.advance(1)
      await settled()
      expect(calls.length).toBe(3)
      expect(lines).toEqual([])
    },
  )

  test('new metadata ends the pause', async () => {
    follow()
    await settled()
    await answer({ errorCode: 74 })
    broker.changePartition('t', 0, { leader: 1 })
    clock.advance(0)
    await settled()
    expect(calls.length).toBe(2)
    expect(asked()[0]).toMatchObject({ currentLeaderEpoch: 1 })
  })

  test('an answer from before an election is not taken', async () => {
    const partition = follow()
    await settled()
    broker.changePartition('t', 0, { leader: 1 })
    await answer({ records: batch(0, 3, 0) })
    expect(partition.log.logEndOffset).toBe(0)
  })

  test('a leader that cannot be reached is tried again, and that is said once', async () => {
    follow()
    await settled()
    for (const pauseMs of [25, 50, 100]) {
      const before = calls.length
      calls.at(-1)!.fail(new Error('refused'))
      await settled()
      clock.advance(pauseMs - 1)
      await settled()
      expect(calls.length).toBe(before)
      clock.advance(1)
      await settled()
      expect(calls.length).toBe(before + 1)
    }
    await answer()
    expect(lines).toEqual([
      'Broker 1, which leads what is followed here, does not answer: refused',
      'Broker 1 is followed again',
    ])
  })

  test('a batch that was damaged on its way is not taken, and asked for again', async () => {
    const partition = follow()
    await settled()
    const damaged = batch(0, 3, 0)
    damaged[damaged.length - 1]! ^= 1
    await answer({ records: damaged })
    expect(partition.log.logEndOffset).toBe(0)
    expect(lines).toEqual([expect.stringMatching(/^t-0 cannot be fetched from broker 1: the checksum/)])
    clock.advance(25)
    await settled()
    await answer({ records: batch(0, 3, 0) })
    expect(partition.log.logEndOffset).toBe(3)
  })

  test('a replica that does not fit is left alone until somebody else leads, and that is said once', async () => {
    const partition = follow('t', 2)
    await settled()
    await answer({ records: batch(0, 5, 0) })
    await answer({ records: batch(3, 5, 0) })
    expect(lines).toEqual(['t-0 is not followed any more until somebody else leads: a batch at 3 where 5 is next'])
    expect(asked().map(({ partition: index }) => index)).toEqual([1])
    broker.changePartition('t', 0, { leader: 1 })
    clock.advance(5)
    await settled()
    expect(asked().length).toBe(2)
    expect(partition.log.logEndOffset).toBe(5)
  })
})
