import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DeleteRecords } from '../../src/protocol/messages/delete-records.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { WriteTxnMarkers } from '../../src/protocol/messages/write-txn-markers.js'
import { buildBatch } from '../../src/records/builder.js'
import { buildEndTransactionMarker } from '../../src/records/control.js'
import { latestStable, NEW, OLD, readCommitted, TransactionClient } from '../support/transaction-client.js'
import { markerOf, TransactionBench } from './transaction-bench.js'

let on: TransactionBench

beforeEach(async () => {
  on = await TransactionBench.start()
})
afterEach(() => on.close())

describe.each([
  ['of the older protocol', OLD],
  ['of KIP-890', NEW],
])('a producer %s', (_, versions) => {
  const begin = async (producer: TransactionClient, ...partitions: number[]): Promise<void> => {
    if (versions === OLD) expect(await producer.add('t', ...partitions)).toEqual(partitions.map(() => 0))
  }

  test('commits in several partitions at once: nothing is read before, everything after', async () => {
    const producer = await on.client('a', versions)
    await begin(producer, 0, 1)
    expect(await producer.send('t', 'x')).toMatchObject({ errorCode: 0, baseOffset: 0 })
    expect(await producer.send('t', 'y', { index: 1 })).toMatchObject({ errorCode: 0, baseOffset: 0 })
    expect(await readCommitted(on.peer, 't')).toMatchObject({ values: [], lastStableOffset: 0, highWatermark: 1 })
    expect(await latestStable(on.peer, 't')).toBe(0)
    await producer.finish(true)
    await on.complete('a')
    expect(await readCommitted(on.peer, 't')).toMatchObject({ values: ['x'], aborted: [], lastStableOffset: 2 })
    expect(await readCommitted(on.peer, 't', { index: 1 })).toMatchObject({ values: ['y'] })
    expect(await latestStable(on.peer, 't')).toBe(2)
  })

  test('aborts: what it wrote is named as aborted, from the middle of it too', async () => {
    const producer = await on.client('a', versions)
    await begin(producer, 0)
    for (const value of ['x', 'y', 'z']) await producer.send('t', value)
    await producer.finish(false)
    await on.complete('a')
    const aborted = [{ producerId: producer.producerId, firstOffset: 0 }]
    expect(await readCommitted(on.peer, 't')).toMatchObject({ values: [], aborted, lastStableOffset: 4 })
    expect(await readCommitted(on.peer, 't', { from: 1 })).toMatchObject({ values: [], aborted })
  })

  test('may do so in any order with another one, in the same partitions', async () => {
    const [one, two] = [await on.client('a', versions), await on.client('b', versions)]
    await begin(one, 0, 1)
    await begin(two, 0, 1)
    await one.send('t', 'one')
    await two.send('t', 'two')
    await one.send('t', 'more')
    await two.send('t', 'two', { index: 1 })
    await one.send('t', 'one', { index: 1 })
    await two.finish(false)
    await on.complete('b')
    expect(await readCommitted(on.peer, 't')).toMatchObject({ values: [], lastStableOffset: 0 })
    expect(await readCommitted(on.peer, 't', { index: 1 })).toMatchObject({ values: [], lastStableOffset: 1 })
    await one.finish(true)
    await on.complete('a')
    const aborted = [{ producerId: two.producerId, firstOffset: 1 }]
    expect(await readCommitted(on.peer, 't')).toMatchObject({ values: ['one', 'more'], aborted })
    expect(await readCommitted(on.peer, 't', { index: 1 })).toMatchObject({ values: ['one'] })
  })

  test('goes on with one transaction after the other', async () => {
    const producer = await on.client('a', versions)
    for (const [value, committed] of [
      ['x', true],
      ['y', false],
      ['z', true],
    ] as const) {
      if (versions === OLD) {
        let codes = await producer.add('t', 0)
        while (codes[0] === 51) codes = await producer.add('t', 0)
        expect(codes).toEqual([0])
      }
      let sent = await producer.send('t', value)
      while (sent.errorCode === 51) sent = await producer.send('t', value)
      expect(sent.errorCode).toBe(0)
      await producer.finish(committed)
    }
    await on.complete('a')
    expect((await readCommitted(on.peer, 't')).values).toEqual(['x', 'z'])
  })

  test('is fenced by the next one of its name: what it had open is aborted', async () => {
    const [old, next] = [await on.client('a', versions), new TransactionClient(on.peer, 'a', versions)]
    await begin(old, 0)
    await old.send('t', 'x')
    expect(await next.init()).toMatchObject({ errorCode: 51 })
    await next.start()
    expect(next.producerId).toBe(old.producerId)
    expect(next.producerEpoch).toBeGreaterThan(old.producerEpoch + 1)
    expect(await old.end(true)).toMatchObject({ errorCode: 90, producerId: -1n, producerEpoch: -1 })
    expect(await old.send('t', 'y')).toMatchObject({ errorCode: 47 })
    expect(await readCommitted(on.peer, 't')).toMatchObject({ values: [], lastStableOffset: 2 })
  })
})

describe('before a transaction begins on a partition, its coordinator is asked', () => {
  const send = async (versions: typeof OLD, id = 'a') => {
    const producer = await on.client(id, versions)
    return producer.send('t', 'x')
  }

  test('a producer that did not add the partition is refused: 48 with a reason, or 120 where it knows that code', async () => {
    expect(await send({ ...OLD, produce: 10 })).toMatchObject({
      errorCode: 48,
      errorMessage: 'Partition was not added to the transaction',
      baseOffset: -1,
      logStartOffset: -1,
    })
    expect(await send({ ...OLD, produce: 11 })).toMatchObject({ errorCode: 120, errorMessage: null })
    expect(on.broker.partitions.find('t', 0)!.log.logEndOffset).toBe(0)
  })

  test('unless that is turned off', async () => {
    await on.broker.close()
    on = await TransactionBench.start({ 'transaction.partition.verification.enable': 'false' })
    expect(await send(OLD)).toMatchObject({ errorCode: 0 })
  })

  test('a producer of KIP-890 need not add anything, and must begin with sequence 0', async () => {
    const producer = await on.client()
    expect(await producer.send('t', 'x', { sequence: 3 })).toMatchObject({ errorCode: 45 })
    expect(await producer.send('t', 'x')).toMatchObject({ errorCode: 0 })
  })

  test('an id that nobody has, another producer id and another epoch are refused (49, 49, 47)', async () => {
    const producer = await on.client()
    const stranger = new TransactionClient(on.peer, 'stranger')
    expect(await stranger.send('t', 'x', producer)).toMatchObject({ errorCode: 49 })
    expect(await producer.send('t', 'x', { producerId: 99_999n })).toMatchObject({ errorCode: 49 })
    expect(await producer.send('t', 'x', { producerEpoch: 7 })).toMatchObject({ errorCode: 47 })
  })

  test('a request with the batches of two producers is refused as a whole (49)', async () => {
    const batch = (producerId: bigint): Buffer =>
      buildBatch({
        ...{ producerId, producerEpoch: 0, baseSequence: 0, isTransactional: true },
        records: [{ timestamp: 0, key: null, value: null }],
      })
    const partitionData = [1n, 2n].map((id, index) => ({ index, records: batch(id) }))
    const request = { transactionalId: 'a', acks: -1, timeoutMs: 1000, topicData: [{ name: 't', partitionData }] }
    const answer = await on.peer.call(Produce, 12, request)
    expect(answer.responses[0]!.partitionResponses.map(({ errorCode }) => errorCode)).toEqual([49, 49])
  })

  test('what a connection sends meanwhile stays in order', async () => {
    const producer = await on.client()
    const { producerId, producerEpoch, transactionalId } = producer
    const calls = Array.from({ length: 5 }, (_, baseSequence) => {
      const records = buildBatch({
        ...{ producerId, producerEpoch, baseSequence, isTransactional: true },
        records: [{ timestamp: 1_700_000_000_000, key: null, value: Buffer.from(`${baseSequence}`) }],
      })
      const topicData = [{ name: 't', partitionData: [{ index: 0, records }] }]
      return on.peer.call(Produce, 12, { transactionalId, acks: -1, timeoutMs: 10_000, topicData })
    })
    const answers = (await Promise.all(calls)).map(({ responses }) => responses[0]!.partitionResponses[0]!)
    expect(answers.map(({ errorCode, baseOffset }) => [errorCode, baseOffset])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [0, 3],
      [0, 4],
    ])
    await producer.finish(true)
    await on.complete('a')
    expect((await readCommitted(on.peer, 't')).values).toEqual(['0', '1', '2', '3', '4'])
  })

  test('a batch whose transaction was ended while its coordinator was asked is not appended', async () => {
    const producer = await on.client()
    const partition = on.broker.partitions.find('t', 0)!
    const batch = { producerId: producer.producerId, producerEpoch: producer.producerEpoch, baseSequence: 0 }
    const guard = partition.guards.begin(batch, true, 0)
    expect(typeof guard).toBe('object')
    await on.peer.call(WriteTxnMarkers, 1, { markers: [markerOf(producer)] })
    expect(partition.guards.refuse(batch, guard as never, true)).toBe(48)
  })

  test('a later batch does not overtake one that has to come again', async () => {
    const { guards } = on.broker.partitions.find('t', 0)!
    const batch = { producerId: 70n, producerEpoch: 0, baseSequence: 0 }
    const guard = guards.begin(batch, false, 0)
    expect(guards.begin({ ...batch, baseSequence: 1 }, false, 0)).toBe(guard)
    expect(guards.refuse({ ...batch, baseSequence: 1 }, guard as never, true)).toBe(45)
    expect(guards.refuse(batch, guard as never, true)).toBe(0)
  })

  test('what came again to another leader, and from there, is not waited for when this one leads again', async () => {
    const partition = on.broker.partitions.find('t', 0)!
    const producer = { producerId: 70n, producerEpoch: 0 }
    partition.guards.begin({ ...producer, baseSequence: 0 }, false, 0)
    const records = [{ timestamp: 0, key: null, value: Buffer.from('x') }]
    const sent = buildBatch({ ...producer, baseOffset: 0, baseSequence: 0, isTransactional: true, records })
    const marker = buildEndTransactionMarker({
      ...producer,
      baseOffset: 1,
      type: 'COMMIT',
      coordinatorEpoch: 0,
      timestamp: 0,
    })
    partition.appendFromLeader(Buffer.concat([sent, marker]))
    const next = { ...producer, baseSequence: 1 }
    const guard = partition.guards.begin(next, false, 0)
    expect(partition.guards.refuse(next, guard as never, true)).toBe(0)
  })
})

test('records of an open transaction can be deleted, and it still ends', async () => {
  const producer = await on.client()
  await producer.send('t', 'x')
  await producer.send('t', 'y')
  const topics = [{ name: 't', partitions: [{ partitionIndex: 0, offset: 1 }] }]
  const deleted = await on.peer.call(DeleteRecords, 2, { topics, timeoutMs: 1000 })
  expect(deleted.topics[0]!.partitions[0]).toMatchObject({ errorCode: 0, lowWatermark: 1 })
  expect(await latestStable(on.peer, 't')).toBe(1)
  await producer.finish(true)
  await on.complete('a')
  expect(await readCommitted(on.peer, 't', { from: 1 })).toMatchObject({ values: ['y'], lastStableOffset: 3 })
})

test('a topic that is deleted does not hold up the end of its transactions', async () => {
  on.broker.createTopic('gone')
  const producer = await on.client()
  await producer.send('gone', 'x')
  await producer.send('t', 'x')
  on.broker.deleteTopic('gone')
  await producer.finish(true)
  await on.complete('a')
  expect((await readCommitted(on.peer, 't')).values).toEqual(['x'])
})
