import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../../src/base/clock.js'
import { systemRandom } from '../../../src/base/random.js'
import { ClusterClient } from '../../../src/client/cluster-client.js'
import { readProducerConfig } from '../../../src/client/producer/config.js'
import { Producer } from '../../../src/client/producer/producer.js'
import { ErrorCode } from '../../../src/protocol/errors.js'
import { AddPartitionsToTxn } from '../../../src/protocol/messages/add-partitions-to-txn.js'
import { EndTxn } from '../../../src/protocol/messages/end-txn.js'
import { FindCoordinator } from '../../../src/protocol/messages/find-coordinator.js'
import { InitProducerId } from '../../../src/protocol/messages/init-producer-id.js'
import { Metadata } from '../../../src/protocol/messages/metadata.js'
import { Produce } from '../../../src/protocol/messages/produce.js'
import { RecordBatch } from '../../../src/records/batch.js'
import { ScriptedBroker } from '../../support/scripted-broker.js'

const NEVER = new AbortController().signal
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A broker with one topic of one partition, and a producer with a transactional id, ready to begin. */
async function setUp(transactionVersion: number) {
  const broker = await ScriptedBroker.start()
  broker.finalizedFeatures = [{ name: 'transaction.version', level: transactionVersion }]
  const node = { nodeId: 0, host: '127.0.0.1', port: broker.port }
  const sent: { version: number; epoch: number; sequence: number; isTransactional: boolean }[] = []
  const answers: ErrorCode[] = []
  let epoch = 4
  broker
    .on(Metadata, ({ topics }) => ({
      brokers: [node],
      controllerId: 0,
      topics: (topics ?? []).map(({ name }) => ({
        name,
        errorCode: 0,
        partitions: [{ errorCode: 0, partitionIndex: 0, leaderId: 0, replicaNodes: [0], isrNodes: [0] }],
      })),
    }))
    .on(FindCoordinator, ({ coordinatorKeys }) => ({
      coordinators: coordinatorKeys.map((key) => ({ key, ...node, errorCode: 0, errorMessage: null })),
    }))
    .on(InitProducerId, () => ({ errorCode: 0, producerId: 9n, producerEpoch: epoch }))
    .on(AddPartitionsToTxn, ({ v3AndBelowTopics }) => ({
      resultsByTopicV3AndBelow: v3AndBelowTopics.map(({ name, partitions }) => ({
        name,
        resultsByPartition: partitions.map((partitionIndex) => ({ partitionIndex, partitionErrorCode: 0 })),
      })),
    }))
    .on(EndTxn, () => ({ errorCode: 0, producerId: 9n, producerEpoch: ++epoch }))
    .on(Produce, ({ topicData }, version) => {
      const { records } = topicData[0]!.partitionData[0]!
      const batch = new RecordBatch(records!)
      sent.push({
        version,
        epoch: batch.producerEpoch,
        sequence: batch.baseSequence,
        isTransactional: batch.isTransactional,
      })
      const { name, topicId } = topicData[0]!
      const partition = { index: 0, baseOffset: 7, errorCode: answers.shift() ?? ErrorCode.NONE }
      return { responses: [{ name, topicId, partitionResponses: [partition] }] }
    })
  const properties = new Map([
    ['bootstrap.servers', broker.address],
    ['transactional.id', 'me'],
    ['linger.ms', '0'],
  ])
  const config = readProducerConfig(properties)
  const client = await ClusterClient.open({ config: config.client, clock: systemClock, random: systemRandom })
  const failed: string[] = []
  const offsets: number[] = []
  const listener = {
    onArrived: (_: unknown, __: number, baseOffset: number) => offsets.push(baseOffset),
    onFailed: (_: unknown, error: Error) => failed.push(error.message),
    onTopicIssues: () => {},
    onUnreachable: () => {},
  }
  const producer = new Producer({ client, config, random: systemRandom, topic: 't', listener })
  closers.push(
    () => producer.close(),
    () => client.close(),
    () => broker.close(),
  )
  await producer.initTransactions()
  return { broker, producer, sent, answers, failed, offsets }
}

const record = { key: null, value: Buffer.from('v'), headers: [], timestamp: 1 }
const steps = (broker: ScriptedBroker): string[] =>
  broker.asked.map(({ name }) => name).filter((name) => /Txn|^Produce|InitProducerId/.test(name))

test('by the older protocol a partition is entered first, and sequences go on in the next transaction', async () => {
  const { broker, producer, sent, offsets } = await setUp(1)
  for (let i = 0; i < 2; i++) {
    producer.beginTransaction()
    await producer.send(record, NEVER)
    await producer.commitTransaction()
  }
  const once = ['AddPartitionsToTxn', 'Produce', 'EndTxn']
  expect(steps(broker)).toEqual(['InitProducerId', ...once, ...once])
  const batch = { version: 11, epoch: 4, isTransactional: true }
  expect(sent).toEqual([
    { ...batch, sequence: 0 },
    { ...batch, sequence: 1 },
  ])
  expect(broker.asked.find(({ name }) => name === 'EndTxn')?.version).toBe(4)
  expect(offsets).toEqual([7, 7])
})

test('by the newer protocol the leader enters the partition, and every transaction has its own epoch', async () => {
  const { broker, producer, sent } = await setUp(2)
  for (let i = 0; i < 2; i++) {
    producer.beginTransaction()
    await producer.send(record, NEVER)
    await producer.commitTransaction()
  }
  expect(steps(broker)).toEqual(['InitProducerId', 'Produce', 'EndTxn', 'Produce', 'EndTxn'])
  expect(sent).toEqual([
    { version: Produce.maxVersion, epoch: 4, sequence: 0, isTransactional: true },
    { version: Produce.maxVersion, epoch: 5, sequence: 0, isTransactional: true },
  ])
})

test('a transaction without records asks nobody to end it', async () => {
  const { broker, producer } = await setUp(2)
  producer.beginTransaction()
  await producer.commitTransaction()
  expect(steps(broker)).toEqual(['InitProducerId'])
})

test('a transaction that has lost a record cannot be committed, and can be aborted', async () => {
  const { broker, producer, answers, failed } = await setUp(2)
  answers.push(ErrorCode.INVALID_RECORD)
  producer.beginTransaction()
  await producer.send(record, NEVER)
  await expect(producer.commitTransaction()).rejects.toThrow('we are in an error state')
  expect(failed).toHaveLength(1)
  await producer.abortTransaction()
  const ends = broker.asked.filter(({ name }) => name === 'EndTxn').map(({ request }) => request)
  expect(ends).toMatchObject([{ committed: false }])
  producer.beginTransaction()
  await producer.send(record, NEVER)
  await producer.commitTransaction()
  expect(failed).toHaveLength(1)
})

test('records are refused outside of a transaction', async () => {
  const { producer } = await setUp(2)
  expect(() => producer.send(record, NEVER)).toThrow('Cannot call send in state READY')
})
