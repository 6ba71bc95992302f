import { afterEach, beforeEach, expect, test } from 'vitest'
import type { OtherBrokers } from '../../src/broker/other-brokers.js'
import { ZERO_UUID } from '../../src/bytes/uuid.js'
import type { Peer } from '../../src/net/peer.js'
import type { AddPartitionsToTxn } from '../../src/protocol/messages/add-partitions-to-txn.js'
import type { WriteRequest } from '../../src/protocol/schema.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { ManualClock } from '../support/manual-clock.js'
import { NEW, OLD, TransactionClient } from '../support/transaction-client.js'

type Request = WriteRequest<typeof AddPartitionsToTxn>

/** What the coordinator, which is broker 1, answers for a partition; no answer where null. */
let code: number | null
let asked: [number, Request][]
let clock: ManualClock
let broker: DataPathBroker
let peer: Peer

const otherBrokers = {
  call: async (nodeId: number, _: unknown, version: number, request: Request) => {
    expect(version).toBe(5)
    asked.push([nodeId, request])
    if (code === null) throw new Error('no answer')
    const { transactionalId, topics } = request.transactions![0]!
    const topicResults = topics.map(({ name, partitions }) => ({
      name,
      resultsByPartition: partitions.map((partitionIndex) => ({ partitionIndex, partitionErrorCode: code })),
    }))
    return { errorCode: 0, resultsByTransaction: [{ transactionalId, topicResults }] }
  },
  close: () => {},
} as unknown as OtherBrokers

beforeEach(async () => {
  code = 0
  asked = []
  clock = new ManualClock()
  broker = await DataPathBroker.start({ clock, otherBrokers })
  peer = await broker.peer()
  broker.createTopic('__transaction_state', { replicas: [1] })
  broker.createTopic('t')
  broker.apply({
    ...{ type: 'RegisterBroker', brokerId: 1, incarnationId: ZERO_UUID, brokerEpoch: 1, rack: null, logDirs: [] },
    ...{ endPoints: [], features: [], fenced: false, inControlledShutdown: false, isMigratingZkBroker: false },
  })
})
afterEach(() => broker.close())

function client(versions: typeof OLD): TransactionClient {
  return Object.assign(new TransactionClient(peer, 'a', versions), { producerId: 7n, producerEpoch: 2 })
}

test.each([
  ['asked whether the partition belongs to the transaction', OLD, true],
  ['told to enter it, for a producer of KIP-890', NEW, false],
])('the coordinator is %s, once for each transaction', async (_, versions, verifyOnly) => {
  const producer = client(versions)
  expect(await producer.send('t', 'x')).toMatchObject({ errorCode: 0, baseOffset: 0 })
  expect(await producer.send('t', 'y')).toMatchObject({ errorCode: 0, baseOffset: 1 })
  const topics = [{ name: 't', partitions: [0] }]
  const transactions = [{ transactionalId: 'a', producerId: 7n, producerEpoch: 2, verifyOnly, topics }]
  expect(asked).toEqual([[1, { transactions }]])
})

test('a fenced producer is told so in its own words (47)', async () => {
  code = 90
  expect(await client(NEW).send('t', 'x')).toMatchObject({ errorCode: 47 })
})

test.each([null, 14, 15, 16])('a coordinator that cannot say (%s) is asked again by the client (19)', async (told) => {
  code = told
  expect(await client(OLD).send('t', 'x')).toMatchObject({
    errorCode: 19,
    errorMessage: expect.stringMatching(/^Unable to verify the partition has been added to the transaction\./),
  })
  code = 0
  expect(await client(OLD).send('t', 'x')).toMatchObject({ errorCode: 0 })
})

test('older producers are sent away while the last transaction ends (19); for others it is waited, for a tenth of a second', async () => {
  code = 51
  expect(await client(OLD).send('t', 'x')).toMatchObject({ errorCode: 19 })
  const sent = client(NEW).send('t', 'x')
  let isOpen = true
  void sent.finally(() => {
    isOpen = false
  })
  while (isOpen) {
    clock.advance(20)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(await sent).toMatchObject({ errorCode: 51, errorMessage: null })
  expect(asked.length).toBeGreaterThan(3)
})
