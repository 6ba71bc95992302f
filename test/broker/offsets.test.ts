import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Peer } from '../../src/net/peer.js'
import { DeleteRecords } from '../../src/protocol/messages/delete-records.js'
import { ListOffsets } from '../../src/protocol/messages/list-offsets.js'
import { OffsetForLeaderEpoch } from '../../src/protocol/messages/offset-for-leader-epoch.js'
import { buildBatch } from '../../src/records/builder.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { ManualClock } from '../support/manual-clock.js'

const [LATEST, EARLIEST, MAX_TIMESTAMP, EARLIEST_LOCAL, LATEST_TIERED, PENDING] = [-1, -2, -3, -4, -5, -6] as const

let broker: DataPathBroker
let clock: ManualClock
let peer: Peer

beforeEach(async () => {
  clock = new ManualClock()
  broker = await DataPathBroker.start({ clock })
  peer = await broker.peer()
})
afterEach(() => broker.close())

async function append(topic: string, timestamps: number[], o: Partial<Parameters<typeof buildBatch>[0]> = {}) {
  const partition = broker.partitions.find(topic, 0)!
  const records = timestamps.map((timestamp, offsetDelta) => ({ timestamp, key: null, value: null, offsetDelta }))
  partition.append(buildBatch({ records, ...o }), { origin: 'coordinator' })
  await partition.whenWritten()
}

describe('ListOffsets', () => {
  interface Options {
    version?: number
    isolationLevel?: number
    replicaId?: number
    epoch?: number
    index?: number
  }

  async function offset(topic: string, timestamp: number, o: Options = {}) {
    const { version = 11, isolationLevel = 0, replicaId = -1, epoch = -1, index = 0 } = o
    const partitions = [{ partitionIndex: index, currentLeaderEpoch: epoch, timestamp }]
    const { topics } = await peer.call(ListOffsets, version, {
      replicaId,
      ...(version >= 2 && { isolationLevel }),
      topics: [{ name: topic, partitions }],
    })
    const { errorCode, offset, timestamp: found, leaderEpoch } = topics[0]!.partitions[0]!
    return { errorCode, offset, timestamp: found, leaderEpoch }
  }
  const found = (offset: number, timestamp = -1, leaderEpoch = 0) => ({ errorCode: 0, offset, timestamp, leaderEpoch })
  const nothing = { errorCode: 0, offset: -1, timestamp: -1, leaderEpoch: -1 }
  const failed = (errorCode: number) => ({ ...nothing, errorCode })

  test('an empty log starts and ends at 0 and has no record', async () => {
    broker.createTopic('t')
    for (const timestamp of [LATEST, EARLIEST, EARLIEST_LOCAL]) expect(await offset('t', timestamp)).toEqual(found(0))
    for (const timestamp of [MAX_TIMESTAMP, LATEST_TIERED, PENDING, 0])
      expect(await offset('t', timestamp)).toEqual(nothing)
  })

  test('by its bytes, version 1', async () => {
    broker.createTopic('t')
    await append('t', [1000, 1010])
    const raw = await broker.connect()
    raw.sendFrame('0002 0001 00000001 0001 63 ffffffff 00000001 0001 74 00000001 00000000 00000000000003ea')
    expect((await raw.frame())!.toString('hex')).toBe(
      '00000001 00000001 0001 74 00000001 00000000 0000 00000000000003f2 0000000000000001'.replaceAll(' ', ''),
    )
  })

  test('a time finds the first record by offset that is not older, inside and across batches, packed or not', async () => {
    broker.createTopic('t')
    await append('t', [1000, 1010, 1005])
    await append('t', [1020, 1030], { compression: 'gzip' })
    await append('t', [1001, 1050])
    expect(await offset('t', 0)).toEqual(found(0, 1000))
    expect(await offset('t', 1000)).toEqual(found(0, 1000))
    expect(await offset('t', 1006)).toEqual(found(1, 1010))
    expect(await offset('t', 1021)).toEqual(found(4, 1030))
    expect(await offset('t', 1031)).toEqual(found(6, 1050))
    expect(await offset('t', 1051)).toEqual(nothing)
    expect(await offset('t', MAX_TIMESTAMP)).toEqual(found(6, 1050))
    expect(await offset('t', LATEST)).toEqual(found(7))
  })

  test('the epoch is that of the record, and of the log start for the earliest', async () => {
    broker.createTopic('t')
    await append('t', [1000])
    broker.changePartition('t', 0, { leader: 0 })
    await append('t', [2000])
    expect(await offset('t', 1000)).toEqual(found(0, 1000, 0))
    expect(await offset('t', 2000)).toEqual(found(1, 2000, 1))
    expect(await offset('t', EARLIEST)).toEqual(found(0, -1, 0))
    expect(await offset('t', LATEST)).toEqual(found(2, -1, 1))
    broker.partitions.find('t', 0)!.deleteRecordsTo(1)
    expect(await offset('t', EARLIEST)).toEqual(found(1, -1, 1))
  })

  test('names of times that a version does not know are refused', async () => {
    broker.createTopic('t')
    const since = [
      [MAX_TIMESTAMP, 7],
      [EARLIEST_LOCAL, 8],
      [LATEST_TIERED, 9],
      [PENDING, 11],
    ] as const
    for (const [timestamp, version] of since) {
      expect((await offset('t', timestamp, { version: version - 1 })).errorCode).toBe(35)
      expect((await offset('t', timestamp, { version })).errorCode).toBe(0)
    }
    expect(await offset('t', -7)).toEqual(failed(35))
  })

  test('unknown partitions, other leaders and wrong epochs are refused', async () => {
    broker.createTopic('t')
    broker.createTopic('followed', { replicas: [1, 0], leader: 1 })
    expect(await offset('nope', LATEST)).toEqual(failed(3))
    expect(await offset('t', LATEST, { index: 9 })).toEqual(failed(3))
    expect(await offset('t', LATEST, { index: -1 })).toEqual(failed(3))
    expect(await offset('t', LATEST, { epoch: 3 })).toEqual(failed(75))
    broker.changePartition('t', 0, { leader: 0 })
    expect(await offset('t', LATEST, { epoch: 0 })).toEqual(failed(74))
    expect(await offset('followed', LATEST)).toEqual(failed(6))
    expect((await offset('followed', LATEST, { replicaId: -2 })).errorCode).toBe(0)
  })

  test('an isolation level that does not exist is an error of every partition', async () => {
    broker.createTopic('t')
    expect((await offset('t', LATEST, { isolationLevel: 7 })).errorCode).toBe(-1)
  })

  test('the latest is the high watermark for consumers, the last stable offset for who reads committed records, the end for replicas', async () => {
    broker.createTopic('t')
    await append('t', [1000])
    await append('t', [1001], { isTransactional: true, producerId: 1n, producerEpoch: 0, baseSequence: 0 })
    expect(await offset('t', LATEST)).toEqual(found(2))
    expect(await offset('t', LATEST, { isolationLevel: 1 })).toEqual(found(1))
    expect(await offset('t', 1001, { isolationLevel: 1 })).toEqual(nothing)
    broker.createTopic('r', { replicas: [0, 1] })
    await append('r', [1000])
    expect(await offset('r', LATEST)).toEqual(found(0))
    expect(await offset('r', LATEST, { replicaId: 1 })).toEqual(found(1))
    expect(await offset('r', 1000)).toEqual(nothing)
  })

  test('a leader that does not know yet what its predecessor had committed does not tell consumers the end', async () => {
    broker.createTopic('r', { replicas: [0, 1] })
    await append('r', [1000])
    broker.changePartition('r', 0, { leader: 0 })
    expect(await offset('r', LATEST)).toEqual(failed(78))
    expect(await offset('r', 1000)).toEqual(failed(78))
    expect((await offset('r', LATEST, { version: 4 })).errorCode).toBe(5)
    expect((await offset('r', EARLIEST)).errorCode).toBe(0)
    expect((await offset('r', LATEST, { replicaId: 1 })).errorCode).toBe(0)
    broker.changePartition('r', 0, { isr: [0] })
    expect((await offset('r', LATEST)).errorCode).toBe(0)
  })

  test('a partition that is asked for twice is refused, once', async () => {
    broker.createTopic('t')
    const partition = { partitionIndex: 0, currentLeaderEpoch: -1, timestamp: LATEST }
    const { topics } = await peer.call(ListOffsets, 11, {
      replicaId: -1,
      topics: [{ name: 't', partitions: [partition, partition] }],
    })
    expect(topics).toMatchObject([{ name: 't', partitions: [{ partitionIndex: 0, errorCode: 42, offset: -1 }] }])
    expect(topics[0]!.partitions.length).toBe(1)
  })
})

describe('OffsetForLeaderEpoch', () => {
  async function ends(
    topic: string,
    asked: { leaderEpoch: number; currentLeaderEpoch?: number; partition?: number }[],
  ) {
    const partitions = asked.map((one) => ({ partition: 0, currentLeaderEpoch: -1, ...one }))
    const answer = await peer.call(OffsetForLeaderEpoch, 4, { replicaId: -1, topics: [{ topic, partitions }] })
    return answer.topics[0]!.partitions.map((p) => [p.errorCode, p.leaderEpoch, p.endOffset])
  }

  test('an epoch ends where the next one begins, the latest at the end of the log', async () => {
    broker.createTopic('t')
    await append('t', [1, 2, 3])
    for (let i = 0; i < 3; i++) broker.changePartition('t', 0, { leader: 0 })
    await append('t', [4, 5])
    expect(
      await ends(
        't',
        [0, 1, 2, 3, 4, -1].map((leaderEpoch) => ({ leaderEpoch })),
      ),
    ).toEqual([
      [0, 0, 3],
      [0, 0, 3],
      [0, 0, 3],
      [0, 3, 5],
      [0, -1, -1],
      [0, -1, -1],
    ])
  })

  test('an empty log knows its current epoch', async () => {
    broker.createTopic('t')
    expect(await ends('t', [{ leaderEpoch: 0 }, { leaderEpoch: 1 }])).toEqual([
      [0, 0, 0],
      [0, -1, -1],
    ])
  })

  test('unknown partitions, other leaders and wrong epochs are refused', async () => {
    broker.createTopic('t')
    broker.createTopic('followed', { replicas: [1, 0], leader: 1 })
    expect(await ends('nope', [{ leaderEpoch: 0 }])).toEqual([[3, -1, -1]])
    expect(await ends('t', [{ leaderEpoch: 0, partition: 9 }])).toEqual([[3, -1, -1]])
    expect(await ends('t', [{ leaderEpoch: 0, currentLeaderEpoch: 7 }])).toEqual([[75, -1, -1]])
    expect(await ends('followed', [{ leaderEpoch: 0 }])).toEqual([[6, -1, -1]])
  })
})

describe('DeleteRecords', () => {
  async function remove(topics: Record<string, [number, number][]>, timeoutMs = 1000) {
    const asked = Object.entries(topics).map(([name, partitions]) => ({
      name,
      partitions: partitions.map(([partitionIndex, offset]) => ({ partitionIndex, offset })),
    }))
    const answer = await peer.call(DeleteRecords, 2, { topics: asked, timeoutMs })
    return answer.topics.flatMap(({ name, partitions }) =>
      partitions.map((p) => [`${name}-${p.partitionIndex}`, p.errorCode, p.lowWatermark]),
    )
  }

  beforeEach(async () => {
    broker.createTopic('t', { partitions: 2 })
    await append('t', [1, 2, 3, 4, 5])
  })

  test('raises the log start, also into a batch, and never lowers it', async () => {
    expect(await remove({ t: [[0, 2]] })).toEqual([['t-0', 0, 2]])
    expect(await remove({ t: [[0, 1]] })).toEqual([['t-0', 0, 2]])
    expect(broker.partitions.find('t', 0)!.log.logStartOffset).toBe(2)
  })

  test('-1 is the high watermark; of two entries for one partition the last counts', async () => {
    expect(
      await remove({
        t: [
          [0, 3],
          [0, -1],
        ],
      }),
    ).toEqual([['t-0', 0, 5]])
  })

  test('refuses what cannot be, each partition for itself', async () => {
    broker.createTopic('compacted', { configs: { 'cleanup.policy': 'compact' } })
    broker.createTopic('both', { configs: { 'cleanup.policy': 'compact,delete' } })
    broker.createTopic('__consumer_offsets')
    broker.createTopic('followed', { replicas: [1, 0], leader: 1 })
    expect(
      await remove({
        t: [
          [0, 6],
          [1, -2],
          [9, 0],
        ],
        nope: [[0, 0]],
        compacted: [[0, 0]],
        both: [[0, 0]],
        __consumer_offsets: [[0, 0]],
        followed: [[0, 0]],
      }),
    ).toEqual([
      ['t-0', 1, -1],
      ['t-1', 1, -1],
      ['t-9', 3, -1],
      ['nope-0', 3, -1],
      ['compacted-0', 44, -1],
      ['both-0', 0, 0],
      ['__consumer_offsets-0', 17, -1],
      ['followed-0', 6, -1],
    ])
    expect(await remove({})).toEqual([])
  })

  test('waits until every replica that lives has done so, at the longest as long as asked for', async () => {
    broker.createTopic('dead', { replicas: [0, 1], isr: [0] })
    await append('dead', [1, 2, 3])
    expect(await remove({ dead: [[0, 2]] }, 5000)).toEqual([['dead-0', 0, 2]])
    broker.registerBroker(1, 7)
    broker.createTopic('r', { replicas: [0, 1], isr: [0] })
    await append('r', [1, 2, 3])
    const { timers } = clock
    const call = remove({ r: [[0, 2]] }, 5000)
    while (clock.timers === timers) await new Promise(setImmediate)
    broker.partitions.find('r', 0)!.followerFetched(1, 3, 2)
    expect(await call).toEqual([['r-0', 0, 2]])
    const late = remove({ r: [[0, 3]] }, 5000)
    while (clock.timers === timers) await new Promise(setImmediate)
    clock.advance(5000)
    expect(await late).toEqual([['r-0', 7, -1]])
    expect(await remove({ r: [[0, 3]] }, -1)).toEqual([['r-0', 7, -1]])
  })
})
