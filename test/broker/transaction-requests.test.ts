import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AddPartitionsToTxn } from '../../src/protocol/messages/add-partitions-to-txn.js'
import { DescribeProducers } from '../../src/protocol/messages/describe-producers.js'
import { DescribeTransactions } from '../../src/protocol/messages/describe-transactions.js'
import { ListTransactions } from '../../src/protocol/messages/list-transactions.js'
import { WriteTxnMarkers } from '../../src/protocol/messages/write-txn-markers.js'
import { OLD, readCommitted, type TransactionClient } from '../support/transaction-client.js'
import { markerOf, TransactionBench } from './transaction-bench.js'

let on: TransactionBench

beforeEach(async () => {
  on = await TransactionBench.start()
})
afterEach(() => on.close())

describe('WriteTxnMarkers', () => {
  const write = async (...markers: ReturnType<typeof markerOf>[]) =>
    (await on.peer.call(WriteTxnMarkers, 2, { markers })).markers.map(({ producerId, topics }) => [
      producerId,
      topics.map(({ name, partitions }) => [name, ...partitions.map((one) => [one.partitionIndex, one.errorCode])]),
    ])

  test('ends whatever transaction hangs; a lower epoch and an older coordinator are refused', async () => {
    const producer = await on.client()
    await producer.send('t', 'x')
    const id = producer.producerId
    expect(await write(markerOf(producer, { producerEpoch: producer.producerEpoch - 1 }))).toEqual([
      [id, [['t', [0, 47]]]],
    ])
    expect(await write(markerOf(producer, { coordinatorEpoch: 3 }))).toEqual([[id, [['t', [0, 0]]]]])
    expect(await write(markerOf(producer, { coordinatorEpoch: 2 }))).toEqual([[id, [['t', [0, 52]]]]])
    expect(await readCommitted(on.peer, 't')).toMatchObject({ values: [], lastStableOffset: 2 })
  })

  test('one of version 2 raises the epoch, or comes again where nothing is open', async () => {
    const producer = await on.client()
    await producer.send('t', 'x')
    const id = producer.producerId
    const late = markerOf(producer, { transactionVersion: 2 })
    expect(await write(late)).toEqual([[id, [['t', [0, 47]]]]])
    const right = markerOf(producer, { transactionVersion: 2, producerEpoch: producer.producerEpoch + 1 })
    expect(await write(right)).toEqual([[id, [['t', [0, 0]]]]])
    expect(await write(right)).toEqual([[id, [['t', [0, 0]]]]])
  })

  test('markers of one producer are answered together, and a partition that is not there is unknown (3)', async () => {
    const producer = await on.client()
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
    const producer = await on.client('a', OLD)
    expect(await producer.add('t', 0, 5)).toEqual([55, 3])
    expect(await producer.add('t', 0)).toEqual([0])
  })

  test('brokers enter partitions for several producers, or only ask which belong to a transaction', async () => {
    const [one, two] = [await on.client('a'), await on.client('b')]
    const transaction = (producer: TransactionClient, partitions: number[], verifyOnly: boolean) => ({
      transactionalId: producer.transactionalId,
      producerId: producer.producerId,
      producerEpoch: producer.producerEpoch,
      verifyOnly,
      topics: [{ name: 't', partitions }],
    })
    const ask = async (...transactions: ReturnType<typeof transaction>[]) =>
      (await on.peer.call(AddPartitionsToTxn, 5, { transactions })).resultsByTransaction.map(
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
    const producer = await on.client()
    await producer.send('t', 'x')
    const before = { producerId: producer.producerId, producerEpoch: producer.producerEpoch }
    expect(await producer.end(true)).toMatchObject({ errorCode: 0, producerEpoch: before.producerEpoch + 1 })
    await on.complete('a')
    expect(await producer.end(true, before)).toMatchObject({ errorCode: 0, producerEpoch: before.producerEpoch + 1 })
    expect(await producer.end(false, before)).toMatchObject({ errorCode: 48 })
  })

  test('a transaction in which nothing happened can be aborted, by producers of KIP-890 alone, and not be committed', async () => {
    const producer = await on.client()
    const { producerEpoch } = producer
    expect(await producer.end(true)).toMatchObject({ errorCode: 48 })
    expect(await producer.end(false)).toMatchObject({ errorCode: 0, producerEpoch: producerEpoch + 1 })
    const old = await on.client('b', OLD)
    expect(await old.end(false)).toMatchObject({ errorCode: 48 })
    expect(await old.end(true)).toMatchObject({ errorCode: 48 })
  })
})

describe('who looks on', () => {
  test('sees transactions, their partitions and their producers', async () => {
    const producer = await on.client()
    await producer.send('t', 'x', { index: 1 })
    const { producerId, producerEpoch } = producer
    const { transactionStates } = await on.peer.call(DescribeTransactions, 0, { transactionalIds: ['a', 'none', ''] })
    expect(transactionStates[0]).toMatchObject({
      ...{ errorCode: 0, transactionState: 'Ongoing', transactionTimeoutMs: 60_000, producerId, producerEpoch },
      topics: [{ topic: 't', partitions: [1] }],
    })
    expect(transactionStates[1]).toMatchObject({ errorCode: 105, transactionalId: 'none' })
    expect(transactionStates[2]).toMatchObject({ errorCode: 42, transactionalId: '' })
    const described = await on.peer.call(DescribeProducers, 0, { topics: [{ name: 't', partitionIndexes: [1] }] })
    expect(described.topics[0]!.partitions[0]!.activeProducers).toMatchObject([
      { producerId, producerEpoch, lastSequence: 0, coordinatorEpoch: -1, currentTxnStartOffset: 0 },
    ])
  })

  test('lists them by state, producer, age and name', async () => {
    const producer = await on.client()
    await on.client('b')
    await producer.send('t', 'x')
    const list = async (request: object, version = 2) => {
      const answer = await on.peer.call(ListTransactions, version, request as never)
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
