import { beforeEach, describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.js'
import type { Turning } from '../../src/broker/coordinator.js'
import { MarkerSender } from '../../src/broker/marker-sender.js'
import type { MetadataLog } from '../../src/broker/metadata-log.js'
import type { OtherBrokers } from '../../src/broker/other-brokers.js'
import type { WriteTxnMarkers } from '../../src/protocol/messages/write-txn-markers.js'
import type { WriteRequest } from '../../src/protocol/schema.js'
import type { Turn } from '../../src/transaction/transactions.js'
import { ManualClock } from '../support/manual-clock.js'

type Request = WriteRequest<typeof WriteTxnMarkers>

/** Who leads each partition of `t`; a partition that is not in it was deleted. */
let leaders: Map<number, number>
/** What the other brokers answer: a code for each partition, or nothing at all. */
let codes: Map<number, number> | null
let requests: [number, Request][]
let here: number[]
let turns: number
let availability: number
let clock: ManualClock
let sender: MarkerSender
const coordinator: Turning<Turn> = {
  get availability() {
    return availability
  },
  turn: () => {
    turns++
  },
}

beforeEach(() => {
  leaders = new Map()
  codes = new Map()
  requests = []
  here = []
  turns = 0
  availability = 0
  clock = new ManualClock()
  const image = {
    partition: (_: string, partition: number) => (leaders.has(partition) ? { leader: leaders.get(partition)! } : null),
  }
  const call = async (nodeId: number, _: unknown, version: number, request: Request) => {
    expect(version).toBe(2)
    requests.push([nodeId, request])
    if (codes === null) throw new Error('no answer')
    const { producerId, topics } = request.markers[0]!
    const told = topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => ({
        partitionIndex,
        errorCode: codes!.get(partitionIndex) ?? 0,
      })),
    }))
    return { markers: [{ producerId, topics: told }] }
  }
  sender = new MarkerSender({
    nodeId: 0,
    metadata: { image } as unknown as MetadataLog,
    clock,
    log: silentLog,
    otherBrokers: { call, close: () => {} } as unknown as OtherBrokers,
    writeHere: async (_, partition) => {
      here.push(partition)
      return 0
    },
  })
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function send(...partitions: number[]): Promise<void> {
  const markers = {
    ...{ transactionalId: 'a', producerId: 7n, producerEpoch: 3, isCommit: true, coordinatorEpoch: 2 },
    transactionVersion: 2,
    partitions: partitions.map((partition) => ({ topic: 't', partition })),
  }
  sender.send(markers, coordinator)
  await turn()
}

/** After a pause, in which nothing else happens. */
async function pause(): Promise<void> {
  clock.advance(100)
  await turn()
}

const asked = (): [number, readonly number[]][] =>
  requests.map(([nodeId, { markers }]) => [nodeId, markers[0]!.topics[0]!.partitionIndexes])

describe('markers', () => {
  test('go to the leader of each partition: one request for each broker, and none for this one', async () => {
    leaders = new Map([
      [0, 0],
      [1, 1],
      [2, 1],
      [3, 2],
    ])
    await send(0, 1, 2, 3)
    expect(here).toEqual([0])
    expect(asked()).toEqual([
      [1, [1, 2]],
      [2, [3]],
    ])
    expect(requests[0]![1].markers[0]).toMatchObject({
      ...{ producerId: 7n, producerEpoch: 3, coordinatorEpoch: 2, transactionResult: true, transactionVersion: 2 },
    })
    expect(turns).toBe(3)
    expect(clock.timers).toBe(0)
  })

  test.each([3, 6, 7, 19, 20, 56])('are sent again after error %d, to whoever leads by then', async (code) => {
    leaders = new Map([
      [1, 1],
      [2, 1],
    ])
    codes = new Map([[2, code]])
    await send(1, 2)
    expect(turns).toBe(1)
    leaders.set(2, 2)
    codes.clear()
    await pause()
    expect(asked()).toEqual([
      [1, [1, 2]],
      [2, [2]],
    ])
    expect(turns).toBe(2)
    expect(clock.timers).toBe(0)
  })

  test('are sent as often as it takes where there is no answer, or no leader', async () => {
    leaders = new Map([
      [1, 1],
      [2, -1],
    ])
    codes = null
    await send(1, 2)
    for (let i = 0; i < 4; i++) await pause()
    expect(asked()).toEqual(Array.from({ length: 5 }, () => [1, [1]]))
    expect(turns).toBe(0)
    codes = new Map()
    leaders.set(2, 1)
    await pause()
    expect(turns).toBe(2)
    expect(clock.timers).toBe(0)
  })

  test('are not needed in a partition that was deleted', async () => {
    await send(1)
    expect(asked()).toEqual([])
    expect(turns).toBe(1)
    expect(clock.timers).toBe(0)
  })

  test.each([47, 52])('are given up where somebody newer has ended the transaction (%d)', async (code) => {
    leaders = new Map([[1, 1]])
    codes = new Map([[1, code]])
    await send(1)
    expect(turns).toBe(0)
    expect(clock.timers).toBe(0)
  })

  test('are nobody’s any more when another coordinator has taken over', async () => {
    leaders = new Map([[1, 1]])
    codes = null
    await send(1)
    availability = 16
    await pause()
    expect(asked()).toEqual([[1, [1]]])
    expect(clock.timers).toBe(0)
  })
})
