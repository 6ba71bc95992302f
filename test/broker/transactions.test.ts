import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Peer } from '../../src/net/peer.js'
import { AddPartitionsToTxn } from '../../src/protocol/messages/add-partitions-to-txn.js'
import { DeleteRecords } from '../../src/protocol/messages/delete-records.js'
import { DescribeProducers } from '../../src/protocol/messages/describe-producers.js'
import { DescribeTransactions } from '../../src/protocol/messages/describe-transactions.js'
import { ListTransactions } from '../../src/protocol/messages/list-transactions.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { WriteTxnMarkers } from '../../src/protocol/messages/write-txn-markers.js'
import { buildBatch } from '../../src/records/builder.js'
import { buildEndTransactionMarker } from '../../src/records/control.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { latestStable, NEW, OLD, readCommitted, TransactionClient } from '../support/transaction-client.js'

let broker: DataPathBroker
let peer: Peer

beforeEach(async () => {
  broker = await DataPathBroker.start()
  peer = await broker.peer()
  broker.apply({ type: 'FeatureLevel', name: 'transaction.version', featureLevel: 2 })
  broker.createTopic('__transaction_state', { partitions: 2 })
  broker.createTopic('t', { partitions: 2 })
  while (broker.transactions.find('a') === 14 || broker.transactions.find('b') === 14) await turn()
})
afterEach(() => broker.close())

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Until every marker is written, and the coordinator has said so in its log. */
async function complete(...ids: string[]): Promise<void> {
  for (;;) {
    const { transactionStates } = await peer.call(DescribeTransactions, 0, { transactionalIds: ids })
    if (transactionStates.every(({ transactionState }) => transactionState.startsWith('Complete'))) return
    await turn()
  }
}

const client = (id = 'a', versions = NEW): Promise<TransactionClient> =>
  new TransactionClient(peer, id, versions).start()

describe.each([
  ['of the older protocol', OLD],
  ['of KIP-890', NEW],
])('a producer %s', (_, versions) => {
  const begin = async (producer: TransactionClient, ...partitions: number[]): Promise<void> => {
    if (versions === OLD) expect(await producer.add('t', ...partitions)).toEqual(partitions.map(() => 0))
  }

  test('commits in several partitions at once: nothing is read before, everything after', async () => {
    const producer = await client('a', versions)
    await begin(producer, 0, 1)
    expect(await producer.send('t', 'x')).toMatchObject({ errorCode: 0, baseOffset: 0 })
    expect(await producer.send('t', 'y', { index: 1 })).toMatchObject({ errorCode: 0, baseOffset: 0 })
    expect(await readCommitted(peer, 't')).toMatchObject({ values: [], lastStableOffset: 0, highWatermark: 1 })
    expect(await latestStable(peer, 't')).toBe(0)
    await producer.finish(true)
    await complete('a')
    expect(await readCommitted(peer, 't')).toMatchObject({ values: ['x'], aborted: [], lastStableOffset: 2 })
    expect(await readCommitted(peer, 't', { index: 1 })).toMatchObject({ values: ['y'] })
    expect(await latestStable(peer, 't')).toBe(2)
  })

  test('aborts: what it wrote is named as aborted, from the middle of it too', async () => {
    const producer = await client('a', versions)
    await begin(producer, 0)
    for (const value of ['x', 'y', 'z']) await producer.send('t', value)
    await producer.finish(false)
    await complete('a')
    const aborted = [{ producerId: producer.producerId, firstOffset: 0 }]
    expect(await readCommitted(peer, 't')).toMatchObject({ values: [], aborted, lastStableOffset: 4 })
    expect(await readCommitted(peer, 't', { from: 1 })).toMatchObject({ values: [], aborted })
  })

  test('may do so in any order with another one, in the same partitions', async () => {
    const [one, two] = [await client('a', versions), await client('b', versions)]
    await begin(one, 0, 1)
    await begin(two, 0, 1)
    await one.send('t', 'one')
    await two.send('t', 'two')
    await one.send('t', 'more')
    await two.send('t', 'two', { index: 1 })
    await one.send('t', 'one', { index: 1 })
    await two.finish(false)
    await complete('b')
    expect(await readCommitted(peer, 't')).toMatchObject({ values: [], lastStableOffset: 0 })
    expect(await readCommitted(peer, 't', { index: 1 })).toMatchObject({ values: [], lastStableOffset: 1 })
    await one.finish(true)
    await complete('a')
    const aborted = [{ producerId: two.producerId, firstOffset: 1 }]
    expect(await readCommitted(peer, 't')).toMatchObject({ values: ['one', 'more'], aborted })
    expect(await readCommitted(peer, 't', { index: 1 })).toMatchObject({ values: ['one'] })
  })

  test('goes on with one transaction after the other', async () => {
    const producer = await client('a', versions)
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
    await complete('a')
    expect((await readCommitted(peer, 't')).values).toEqual(['x', 'z'])
  })

  test('is fenced by the next one of its name: what it had open is aborted', async () => {
    const [old, next] = [await client('a', versions), new TransactionClient(peer, 'a', versions)]
    await begin(old, 0)
    await old.send('t', 'x')
    expect(await next.init()).toMatchObject({ errorCode: 51 })
    await next.start()
    expect(next.producerId).toBe(old.producerId)
    expect(next.producerEpoch).toBeGreaterThan(old.producerEpoch + 1)
    expect(await old.end(true)).toMatchObject({ errorCode: 90, producerId: -1n, producerEpoch: -1 })
    expect(await old.send('t', 'y')).toMatchObject({ errorCode: 47 })
    expect(await readCommitted(peer, 't')).toMatchObject({ values: [], lastStableOffset: 2 })
  })
})

describe('before a transaction begins on a partition, its coordinator is asked', () => {
  const send = async (versions: typeof OLD, id = 'a') => {
    const producer = await client(id, versions)
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
    expect(broker.partitions.find('t', 0)!.log.logEndOffset).toBe(0)
  })

  test('unless that is turned off', async () => {
    await broker.close()
    broker = await DataPathBroker.start({ settings: { 'transaction.partition.verification.enable': 'false' } })
    peer = await broker.peer()
    broker.createTopic('__transaction_state')
    broker.createTopic('t')
    while (broker.transactions.find('a') === 14) await turn()
    expect(await send(OLD)).toMatchObject({ errorCode: 0 })
  })

  test('a producer of KIP-890 need not add anything, and must begin with sequence 0', async () => {
    const producer = await client()
    expect(await producer.send('t', 'x', { sequence: 3 })).toMatchObject({ errorCode: 45 })
    expect(await producer.send('t', 'x')).toMatchObject({ errorCode: 0 })
  })

  test('an id that nobody has, another producer id and another epoch are refused (49, 49, 47)', async () => {
    const producer = await client()
    const stranger = new TransactionClient(peer, 'stranger')
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
    const answer = await peer.call(Produce, 12, request)
    expect(answer.responses[0]!.partitionResponses.map(({ errorCode }) => errorCode)).toEqual([49, 49])
  })

  test('what a connection sends meanwhile stays in order', async () => {
    const producer = await client()
    const { producerId, producerEpoch, transactionalId } = producer
    const calls = Array.from({ length: 5 }, (_, baseSequence) => {
      const records = buildBatch({
        ...{ producerId, producerEpoch, baseSequence, isTransactional: true },
        records: [{ timestamp: 1_700_000_000_000, key: null, value: Buffer.from(`${baseSequence}`) }],
      })
      const topicData = [{ name: 't', partitionData: [{ index: 0, records }] }]
      return peer.call(Produce, 12, { transactionalId, acks: -1, timeoutMs: 10_000, topicData })
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
    await complete('a')
    expect((await readCommitted(peer, 't')).values).toEqual(['0', '1', '2', '3', '4'])
  })

  test('a batch whose transaction was ended while its coordinator was asked is not appended', async () => {
    const producer = await client()
    const partition = broker.partitions.find('t', 0)!
    const batch = { producerId: producer.producerId, producerEpoch: producer.producerEpoch, baseSequence: 0 }
    const guard = partition.guards.begin(batch, true, 0)
    expect(typeof guard).toBe('object')
    await peer.call(WriteTxnMarkers, 1, { markers: [markerOf(producer)] })
    expect(partition.guards.refuse(batch, guard as never, true)).toBe(48)
  })

  test('a later batch does not overtake one that has to come again', async () => {
    const { guards } = broker.partitions.find('t', 0)!
    const batch = { producerId: 70n, producerEpoch: 0, baseSequence: 0 }
    const guard = guards.begin(batch, false, 0)
    expect(guards.begin({ ...batch, baseSequence: 1 }, false, 0)).toBe(guard)
    expect(guards.refuse({ ...batch, baseSequence: 1 }, guard as never, true)).toBe(45)
    expect(guards.refuse(batch, guard as never, true)).toBe(0)
  })

  test('what came again to another leader, and from there, is not waited for when this one leads again', async () => {
    const partition = broker.partitions.find('t', 0)!
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

function markerOf({ producerId, producerEpoch }: TransactionClient, more: object = {}) {
  const topics = [{ name: 't', partitionIndexes: [0] }]
  return { producerId, producerEpoch, coordinatorEpoch: 0, transactionResult: false, topics, ...more }
}

describe('WriteTxnMarkers', () => {
  const write = async (...markers: ReturnType<typeof markerOf>[]) =>
    (await peer.call(WriteTxnMarkers, 2, { markers })).markers.map(({ producerId, topics }) => [
      producerId,
      topics.map(({ name, partitions }) => [name, ...partitions.map((one) => [one.partitionIndex, one.errorCode])]),
    ])

  test('ends whatever transaction hangs; a lower epoch and an older coordinator are refused', async () => {
    const producer = await client()
    await producer.send('t', 'x')
    const id = producer.producerId
    expect(await write(markerOf(producer, { producerEpoch: producer.producerEpoch - 1 }))).toEqual([
      [id, [['t', [0, 47]]]],
    ])
    expect(await write(markerOf(producer, { coordinatorEpoch: 3 }))).toEqual([[id, [['t', [0, 0]]]]])
    expect(await write(markerOf(producer, { coordinatorEpoch: 2 }))).toEqual([[id, [['t', [0, 52]]]]])
    expect(await readCommitted(peer, 't')).toMatchObject({ values: [], lastStableOffset: 2 })
  })

  test('one of version 2 raises the epoch, or comes again where nothing is open', async () => {
    const producer = await client()
    await producer.send('t', 'x')
    const id = producer.producerId
    const late = markerOf(producer, { transactionVersion: 2 })
    expect(await write(late)).toEqual([[id, [['t', [0, 47]]]]])
    const right = markerOf(producer, { transactionVersion: 2, producerEpoch: producer.producerEpoch + 1 })
    expect(await write(right)).toEqual([[id, [['t', [0, 0]]]]])
    expect(await write(right)).toEqual([[id, [['t', [0, 0]]]]])
  })

  test('markers of one producer are answered together, and a partition that is not there is unknown (3)', async () => {
    const producer = await client()
    const one = markerOf(producer, { topics: [{ name: 'nope', partitionIndexes: [0] }] })
    const two = markerOf(producer, { topics: [{ name: 't', partitionIndexes: [0, 9] }] })
    const answers = [
      ['nope', [0, 3]],
      ['t', [0, 0], [9, 3]],
    ]
    expect(await write(one, two)).toEqual([[producer.producerId, answers]])
  })
})

describe('AddPartitionsToTxn', () => {
  test('one partition that is not there keeps the others out (3, 55)', async () => {
    const producer = await client('a', OLD)
    expect(await producer.add('t', 0, 5)).toEqual([55, 3])
    expect(await producer.add('t', 0)).toEqual([0])
  })

  test('brokers enter partitions for several producers, or only ask which belong to a transaction', async () => {
    const [one, two] = [await client('a'), await client('b')]
    const transaction = (producer: TransactionClient, partitions: number[], verifyOnly: boolean) => ({
      transactionalId: producer.transactionalId,
      producerId: producer.producerId,
      producerEpoch: producer.producerEpoch,
      verifyOnly,
      topics: [{ name: 't', partitions }],
    })
    const ask = async (...transactions: ReturnType<typeof transaction>[]) =>
      (await peer.call(AddPartitionsToTxn, 5, { transactions })).resultsByTransaction.map(
        ({ transactionalId, topicResults }) => [
          transactionalId,
          ...topicResults[0]!.resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode),
        ],
      )
    expect(await ask(transaction(one, [0], false), transaction(two, [1], true))).toEqual([
      ['a', 0],
      ['b', 120],
    ])
    expect(await ask(transaction(one, [0, 1], true), { ...transaction(two, [1], true), producerEpoch: 9 })).toEqual([
      ['a', 0, 120],
      ['b', 90],
    ])
  })
})

describe('EndTxn', () => {
  test('asked again after its answer got lost, it answers the same', async () => {
    const producer = await client()
    await producer.send('t', 'x')
    const before = { producerId: producer.producerId, producerEpoch: producer.producerEpoch }
    expect(await producer.end(true)).toMatchObject({ errorCode: 0, producerEpoch: before.producerEpoch + 1 })
    await complete('a')
    expect(await producer.end(true, before)).toMatchObject({ errorCode: 0, producerEpoch: before.producerEpoch + 1 })
    expect(await producer.end(false, before)).toMatchObject({ errorCode: 48 })
  })

  test('a transaction in which nothing happened can be aborted, by producers of KIP-890 alone, and not be committed', async () => {
    const producer = await client()
    const { producerEpoch } = producer
    expect(await producer.end(true)).toMatchObject({ errorCode: 48 })
    expect(await producer.end(false)).toMatchObject({ errorCode: 0, producerEpoch: producerEpoch + 1 })
    const old = await client('b', OLD)
    expect(await old.end(false)).toMatchObject({ errorCode: 48 })
    expect(await old.end(true)).toMatchObject({ errorCode: 48 })
  })
})

test('records of an open transaction can be deleted, and it still ends', async () => {
  const producer = await client()
  await producer.send('t', 'x')
  await producer.send('t', 'y')
  const topics = [{ name: 't', partitions: [{ partitionIndex: 0, offset: 1 }] }]
  const deleted = await peer.call(DeleteRecords, 2, { topics, timeoutMs: 1000 })
  expect(deleted.topics[0]!.partitions[0]).toMatchObject({ errorCode: 0, lowWatermark: 1 })
  expect(await latestStable(peer, 't')).toBe(1)
  await producer.finish(true)
  await complete('a')
  expect(await readCommitted(peer, 't', { from: 1 })).toMatchObject({ values: ['y'], lastStableOffset: 3 })
})

test('a topic that is deleted does not hold up the end of its transactions', async () => {
  broker.createTopic('gone')
  const producer = await client()
  await producer.send('gone', 'x')
  await producer.send('t', 'x')
  broker.deleteTopic('gone')
  await producer.finish(true)
  await complete('a')
  expect((await readCommitted(peer, 't')).values).toEqual(['x'])
})

describe('who looks on', () => {
  test('sees transactions, their partitions and their producers', async () => {
    const producer = await client()
    await producer.send('t', 'x', { index: 1 })
    const { producerId, producerEpoch } = producer
    const { transactionStates } = await peer.call(DescribeTransactions, 0, { transactionalIds: ['a', 'none', ''] })
    expect(transactionStates[0]).toMatchObject({
      ...{ errorCode: 0, transactionState: 'Ongoing', transactionTimeoutMs: 60_000, producerId, producerEpoch },
      topics: [{ topic: 't', partitions: [1] }],
    })
    expect(transactionStates[1]).toMatchObject({ errorCode: 105, transactionalId: 'none' })
    expect(transactionStates[2]).toMatchObject({ errorCode: 42, transactionalId: '' })
    const described = await peer.call(DescribeProducers, 0, { topics: [{ name: 't', partitionIndexes: [1] }] })
    expect(described.topics[0]!.partitions[0]!.activeProducers).toMatchObject([
      { producerId, producerEpoch, lastSequence: 0, coordinatorEpoch: -1, currentTxnStartOffset: 0 },
    ])
  })

  test('lists them by state, producer, age and name', async () => {
    const producer = await client()
    await client('b')
    await producer.send('t', 'x')
    const list = async (request: object, version = 2) => {
      const answer = await peer.call(ListTransactions, version, request as never)
      const ids = answer.transactionStates.map(({ transactionalId, transactionState }) => [
        transactionalId,
        transactionState,
      ])
      return [answer.errorCode, ids.sort(), answer.unknownStateFilters]
    }
    const [a, b] = [
      ['a', 'Ongoing'],
      ['b', 'Empty'],
    ]
    expect(await list({ stateFilters: [], producerIdFilters: [] })).toEqual([0, [a, b], []])
    expect(await list({ stateFilters: ['Ongoing', 'Nonsense'], producerIdFilters: [] })).toEqual([0, [a], ['Nonsense']])
    expect(await list({ stateFilters: [], producerIdFilters: [producer.producerId] })).toEqual([0, [a], []])
    expect(await list({ stateFilters: [], producerIdFilters: [], transactionalIdPattern: '[b-z]' })).toEqual([
      0,
      [b],
      [],
    ])
    expect(await list({ stateFilters: [], producerIdFilters: [], transactionalIdPattern: '(' })).toEqual([128, [], []])
  })
})
