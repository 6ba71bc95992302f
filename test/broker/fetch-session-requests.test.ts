import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FetchBench, part } from './fetch-bench.js'

let on: FetchBench

beforeEach(async () => {
  on = await FetchBench.start()
})
afterEach(() => on.close())

describe('sessions', () => {
  const all = () => [{ topic: 't', partitions: [part(0, 0), part(1, 0), part(2, 0)] }]
  const told = (answer: Awaited<ReturnType<FetchBench['fetch']>>) =>
    answer.responses.flatMap(({ topic, partitions }) => partitions.map((p) => `${topic}-${p.partitionIndex}`))

  beforeEach(async () => {
    on.broker.createTopic('t', { partitions: 3 })
    await on.append('t', on.batchOf(1, 10), 1)
  })

  test('a full fetch with epoch 0 starts one, and is answered in full', async () => {
    const answer = await on.fetch(all(), { sessionEpoch: 0 })
    expect(answer.sessionId).toBeGreaterThan(0)
    expect(told(answer)).toEqual(['t-0', 't-1', 't-2'])
    expect((await on.fetch(all(), { sessionEpoch: -1 })).sessionId).toBe(0)
    expect((await on.fetch([], { sessionEpoch: 0 })).sessionId).toBeGreaterThan(0)
  })

  test('an incremental fetch need not repeat, and is told only what is news', async () => {
    const { sessionId } = await on.fetch(all(), { sessionEpoch: 0 })
    const read = [{ topic: 't', partitions: [part(1, 1)] }]
    const second = await on.fetch(read, { sessionId, sessionEpoch: 1 })
    expect(second).toMatchObject({ errorCode: 0, sessionId, responses: [] })
    await on.append('t', on.batchOf(1, 10), 2)
    expect(told(await on.fetch([], { sessionId, sessionEpoch: 2 }))).toEqual(['t-2'])
    // Not read yet, so it is there again; the client has moved on in partition 1 only.
    expect(told(await on.fetch([], { sessionId, sessionEpoch: 3 }))).toEqual(['t-2'])
    on.broker.partitions.find('t', 1)!.deleteRecordsTo(1)
    expect(told(await on.fetch([{ topic: 't', partitions: [part(2, 1)] }], { sessionId, sessionEpoch: 4 }))).toEqual([
      't-1',
    ])
  })

  test('an error is told each time, and its end too', async () => {
    const { sessionId } = await on.fetch(all(), { sessionEpoch: 0 })
    const beyond = [{ topic: 't', partitions: [part(1, 1), part(0, 5)] }]
    expect(told(await on.fetch(beyond, { sessionId, sessionEpoch: 1 }))).toEqual(['t-0'])
    expect(told(await on.fetch([], { sessionId, sessionEpoch: 2 }))).toEqual(['t-0'])
    const mended = [{ topic: 't', partitions: [part(0, 0)] }]
    const answer = await on.fetch(mended, { sessionId, sessionEpoch: 3 })
    expect(answer.responses[0]!.partitions).toMatchObject([{ partitionIndex: 0, errorCode: 0, highWatermark: 0 }])
  })

  test('who had records goes to the end of the order', async () => {
    const { sessionId } = await on.fetch(all(), { sessionEpoch: 0 })
    for (const index of [0, 2]) await on.append('t', on.batchOf(1, 10), index)
    expect(told(await on.fetch([], { sessionId, sessionEpoch: 1 }))).toEqual(['t-0', 't-2', 't-1'])
    // Partition 1 had records in the answer that started the session.
    expect(told(await on.fetch([], { sessionId, sessionEpoch: 2 }))).toEqual(['t-0', 't-2', 't-1'])
  })

  test('partitions can be forgotten and added; when none is left the session ends', async () => {
    const { sessionId } = await on.fetch(all(), { sessionEpoch: 0 })
    on.broker.createTopic('u')
    await on.append('u', on.batchOf(1, 10))
    const more = [{ topic: 'u', partitions: [part(0, 0)] }]
    const forgotten = [{ topic: 't', partitions: [0, 1] }]
    expect(told(await on.fetch(more, { sessionId, sessionEpoch: 1, forgotten }))).toEqual(['u-0'])
    const rest = [
      { topic: 't', partitions: [2] },
      { topic: 'u', partitions: [0] },
    ]
    expect(await on.fetch([], { sessionId, sessionEpoch: 2, forgotten: rest, maxWaitMs: 10_000 })).toMatchObject({
      errorCode: 0,
      sessionId: 0,
      responses: [],
    })
    expect((await on.fetch([], { sessionId, sessionEpoch: 3 })).errorCode).toBe(70)
  })

  test('an unknown session, a wrong epoch and names mixed with ids are errors of everything', async () => {
    const { sessionId } = await on.fetch(all(), { sessionEpoch: 0 })
    const refused = (errorCode: number) => ({ errorCode, sessionId: 0, responses: [] })
    expect(await on.fetch(all(), { sessionId: sessionId + 1, sessionEpoch: 1 })).toMatchObject(refused(70))
    expect(await on.fetch(all(), { sessionId: 0, sessionEpoch: 5 })).toMatchObject(refused(70))
    expect(await on.fetch([], { sessionId, sessionEpoch: 4 })).toMatchObject(refused(71))
    expect(await on.fetch([], { sessionId, sessionEpoch: 1, version: 13 })).toMatchObject(refused(106))
    expect(await on.fetch([], { sessionId, sessionEpoch: 1 })).toMatchObject({ errorCode: 0, sessionId })
  })

  test('a request closes its session with epoch -1, or with 0 to start another', async () => {
    const { sessionId } = await on.fetch(all(), { sessionEpoch: 0 })
    const another = await on.fetch(all(), { sessionId, sessionEpoch: 0 })
    expect(another.sessionId).not.toBe(sessionId)
    expect((await on.fetch([], { sessionId, sessionEpoch: 1 })).errorCode).toBe(70)
    expect((await on.fetch(all(), { sessionId: another.sessionId, sessionEpoch: -1 })).sessionId).toBe(0)
    expect(on.broker.fetchSessions.size).toBe(0)
  })

  test('a topic that was deleted and made again is unknown under its old id', async () => {
    const { id: topicId } = on.broker.image.topic('t')!
    const asked = [{ topicId, partitions: [part(0, 0)] }]
    const { sessionId } = await on.fetch(asked, { sessionEpoch: 0, version: 13 })
    on.broker.deleteTopic('t')
    on.broker.createTopic('t')
    const answer = await on.fetch([], { sessionId, sessionEpoch: 1, version: 13 })
    expect(answer).toMatchObject({ errorCode: 0, responses: [{ topicId, partitions: [{ errorCode: 100 }] }] })
  })
})
