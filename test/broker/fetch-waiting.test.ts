import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type AskedTopic, baseOffsets, FetchBench, type FetchOptions, part } from './fetch-bench.js'

let on: FetchBench

beforeEach(async () => {
  on = await FetchBench.start()
})
afterEach(() => on.close())

describe('waiting', () => {
  /** Resolves when the answer is there; `isDone` says whether it is. */
  function waiting(topics: AskedTopic[], o: FetchOptions) {
    const state = { isDone: false }
    const answer = on.fetch(topics, o).then((value) => {
      state.isDone = true
      return value
    })
    return Object.assign(state, { answer })
  }

  async function parked(): Promise<void> {
    const before = on.clock.timers
    while (on.clock.timers === before) await new Promise(setImmediate)
  }

  async function settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  }

  beforeEach(() => void on.broker.createTopic('t', { partitions: 2 }))

  test('an append wakes who waits at the end', async () => {
    const wait = waiting([{ topic: 't', partitions: [part(0, 0), part(1, 0)] }], { maxWaitMs: 10_000 })
    await parked()
    await on.append('t', on.batchOf(1, 10), 1)
    const { responses } = await wait.answer
    expect(responses[0]!.partitions.map(({ records }) => baseOffsets(records))).toEqual([[], [0]])
  })

  test('the answer comes when so many bytes can be read as are asked for, over all partitions together', async () => {
    const minBytes = 2 * on.batchOf(1, 100).length + 1
    const wait = waiting([{ topic: 't', partitions: [part(0, 0), part(1, 0)] }], { maxWaitMs: 10_000, minBytes })
    await parked()
    await on.append('t', on.batchOf(1, 100), 0)
    await on.append('t', on.batchOf(1, 100), 1)
    await settle()
    expect(wait.isDone).toBe(false)
    await on.append('t', on.batchOf(1, 100), 0)
    const { responses } = await wait.answer
    expect(responses[0]!.partitions.map(({ records }) => baseOffsets(records))).toEqual([[0, 1], [0]])
  })

  test('bytes beyond the limit of a partition do not count', async () => {
    const minBytes = 500
    const wait = waiting([{ topic: 't', partitions: [part(0, 0, { partitionMaxBytes: 300 })] }], {
      maxWaitMs: 10_000,
      minBytes,
    })
    await parked()
    for (let i = 0; i < 5; i++) await on.append('t', on.batchOf(1, 200))
    await settle()
    expect(wait.isDone).toBe(false)
    on.clock.advance(10_000)
    expect((await wait.answer).responses[0]!.partitions[0]!.records!.length).toBeGreaterThan(0)
  })

  test('when the time is up, what is there is returned, and nothing is no error', async () => {
    const { timers } = on.clock
    const wait = waiting([{ topic: 't', partitions: [part(0, 0)] }], { maxWaitMs: 500 })
    await parked()
    on.clock.advance(499)
    await settle()
    expect(wait.isDone).toBe(false)
    on.clock.advance(1)
    expect((await wait.answer).responses[0]!.partitions[0]).toMatchObject({ errorCode: 0, highWatermark: 0 })
    expect(on.clock.timers).toBe(timers)
  })

  test('an unknown partition neither ends the waiting nor is waited for', async () => {
    const wait = waiting(
      [
        { topic: 'nope', partitions: [part(0, 0)] },
        { topic: 't', partitions: [part(0, 0)] },
      ],
      { maxWaitMs: 500 },
    )
    await parked()
    on.clock.advance(500)
    expect((await wait.answer).responses.map(({ topic }) => topic)).toEqual(['t', 'nope'])
    const alone = await on.fetch([{ topic: 'nope', partitions: [part(0, 0)] }], { maxWaitMs: 10_000 })
    expect(alone.responses[0]!.partitions[0]!.errorCode).toBe(3)
  })

  test('nobody waits with an error, with no partitions, or without time', async () => {
    await on.append('t', on.batchOf(1, 10))
    const topics = [{ topic: 't', partitions: [part(1, 0), part(0, 99)] }]
    expect((await on.fetch(topics, { maxWaitMs: 10_000 })).responses[0]!.partitions[1]!.errorCode).toBe(1)
    expect((await on.fetch([], { maxWaitMs: 10_000 })).responses).toEqual([])
    for (const o of [{ maxWaitMs: -1 }, { maxWaitMs: 10_000, minBytes: 0 }, { maxWaitMs: 10_000, minBytes: -7 }])
      expect((await on.fetchOne('t', part(1, 0), o)).errorCode).toBe(0)
  })

  test('a topic that is deleted ends the waiting', async () => {
    const wait = waiting([{ topic: 't', partitions: [part(0, 0)] }], { maxWaitMs: 10_000 })
    await parked()
    on.broker.deleteTopic('t')
    expect((await wait.answer).responses[0]!.partitions[0]!.errorCode).toBe(3)
  })

  test('a new leader ends the waiting', async () => {
    on.broker.createTopic('u', { replicas: [0, 1] })
    const wait = waiting([{ topic: 'u', partitions: [part(0, 0)] }], { maxWaitMs: 10_000, version: 10 })
    await parked()
    on.broker.changePartition('u', 0, { leader: 1 })
    expect((await wait.answer).responses[0]!.partitions[0]!.errorCode).toBe(6)
  })

  test('records deleted from under the fetch offset end the waiting', async () => {
    on.broker.createTopic('u')
    await on.append('u', on.batchOf(10, 10))
    const wait = waiting([{ topic: 'u', partitions: [part(0, 0)] }], { maxWaitMs: 10_000, minBytes: 100_000 })
    await parked()
    on.broker.partitions.find('u', 0)!.deleteRecordsTo(5)
    expect((await wait.answer).responses[0]!.partitions[0]!.errorCode).toBe(1)
  })

  test('a new segment ends the waiting: more of the old one will not come', async () => {
    on.broker.createTopic('u', { configs: { 'internal.segment.bytes': '1000' } })
    await on.append('u', on.batchOf(1, 700))
    const wait = waiting([{ topic: 'u', partitions: [part(0, 0)] }], { maxWaitMs: 10_000, minBytes: 100_000 })
    await parked()
    await on.append('u', on.batchOf(1, 700))
    expect((await wait.answer).responses[0]!.partitions[0]!.errorCode).toBe(0)
  })

  test('a connection that breaks takes its waiting request along', async () => {
    const { timers } = on.clock
    const raw = await on.broker.connect()
    raw.sendFrame(
      '0001 0004 00000001 0001 63 ffffffff 00002710 00000001 00100000 00 00000001 0001 74 00000001 00000000 0000000000000000 00100000',
    )
    await parked()
    expect(on.clock.timers).toBe(timers + 1)
    raw.socket.resetAndDestroy()
    while (on.clock.timers > timers) await new Promise(setImmediate)
  })
})
