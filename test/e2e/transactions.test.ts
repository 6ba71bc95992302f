import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { startBroker, type TestBroker } from '../../src/index.js'
import { Peer } from '../../src/net/peer.js'
import { ApiVersions } from '../../src/protocol/messages/api-versions.js'
import { DescribeConfigs } from '../../src/protocol/messages/describe-configs.js'
import { DescribeTransactions } from '../../src/protocol/messages/describe-transactions.js'
import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import { groupMember, kafkajs, receive } from '../support/kafkajs.js'
import { NEW, OLD, readCommitted, TransactionClient } from '../support/transaction-client.js'

const brokers: TestBroker[] = []
const peers: Peer[] = []

async function started(): Promise<TestBroker> {
  const settings = { 'transaction.state.log.num.partitions': 3, 'offsets.topic.num.partitions': 3 }
  const broker = await startBroker({ settings })
  brokers.push(broker)
  return broker
}

async function connect({ host, port }: TestBroker): Promise<Peer> {
  const peer = await Peer.connect({ host, port, clientId: 'test', clock: systemClock, connectTimeoutMs: 5000 })
  peers.push(peer)
  return peer
}

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close()
  for (const broker of brokers.splice(0)) await broker.close()
})

async function topic(broker: TestBroker, ...names: string[]): Promise<void> {
  const admin = kafkajs(broker.bootstrapServers).admin()
  await admin.connect()
  await admin.createTopics({ topics: names.map((name) => ({ topic: name, numPartitions: 1 })) })
  await admin.disconnect()
}

test("kafkajs' transactions are committed, or aborted, with the offsets in them", async () => {
  const broker = await started()
  await topic(broker, 'in', 'out')
  const kafka = kafkajs(broker.bootstrapServers)
  const producer = kafka.producer({ transactionalId: 'copier', maxInFlightRequests: 1, idempotent: true })
  await producer.connect()
  for (const [value, isCommit] of [
    ['a', true],
    ['b', false],
    ['c', true],
  ] as const) {
    const transaction = await producer.transaction()
    await transaction.send({ topic: 'out', messages: [{ value }] })
    const offset = String(value.charCodeAt(0))
    await transaction.sendOffsets({
      consumerGroupId: 'copiers',
      topics: [{ topic: 'in', partitions: [{ partition: 0, offset }] }],
    })
    await (isCommit ? transaction.commit() : transaction.abort())
  }
  await producer.disconnect()
  const received = await receive(groupMember(kafka, 'readers'), 'out', 2)
  expect(received.map(({ value }) => value)).toEqual(['a', 'c'])
  const admin = kafka.admin()
  await admin.connect()
  const offsets = await admin.fetchOffsets({ groupId: 'copiers', topics: ['in'] })
  expect(offsets[0]!.partitions[0]!.offset).toBe(String('c'.charCodeAt(0)))
  await admin.disconnect()
})

/** The coordinator's topic is made when it is first asked for; its partitions are loaded one after another. */
async function coordinated(peer: Peer, ids: readonly string[]): Promise<void> {
  await peer.call(FindCoordinator, 4, { keyType: 1, coordinatorKeys: [...ids] })
  await peer.call(FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] })
  for (;;) {
    const { transactionStates } = await peer.call(DescribeTransactions, 0, { transactionalIds: [...ids] })
    if (transactionStates.every(({ errorCode }) => errorCode !== 14 && errorCode !== 16)) return
  }
}

test.each([
  ['of the older protocol', OLD],
  ['of KIP-890', NEW],
])(
  'a transaction %s survives that the broker is killed: open or decided, it ends as its producer wants',
  async (_, versions) => {
    const broker = await started()
    await topic(broker, 't')
    let peer = await connect(broker)
    await coordinated(peer, ['a', 'b'])
    const [open, decided] = [new TransactionClient(peer, 'a', versions), new TransactionClient(peer, 'b', versions)]
    for (const producer of [open, decided]) {
      await producer.start()
      if (versions === OLD) await producer.add('t', 0)
      expect(await producer.send('t', producer.transactionalId)).toMatchObject({ errorCode: 0 })
    }
    const before = { producerId: decided.producerId, producerEpoch: decided.producerEpoch }
    await decided.finish(true)
    await broker.kill()
    await broker.restart()
    peer = await connect(broker)
    await coordinated(peer, ['a', 'b'])
    const again = Object.assign(new TransactionClient(peer, 'b', versions), decided, { peer }, before)
    for (let code = 51; code === 51; ) code = (await again.end(true)).errorCode
    expect(await again.end(false, before)).toMatchObject({ errorCode: 48 })
    const goesOn = Object.assign(new TransactionClient(peer, 'a', versions), open, { peer })
    expect(await goesOn.send('t', 'more', { sequence: 1 })).toMatchObject({ errorCode: 0 })
    await goesOn.finish(true)
    await goesOn.start()
    expect((await readCommitted(peer, 't')).values).toEqual(['a', 'b', 'more'])
  },
)

test('a new cluster has transactions of version 2, and their topic is made as Kafka makes it', async () => {
  const broker = await started()
  const peer = await connect(broker)
  const versions = await peer.call(ApiVersions, 4, { clientSoftwareName: 'test', clientSoftwareVersion: '1' })
  expect(versions.finalizedFeatures).toContainEqual({
    name: 'transaction.version',
    maxVersionLevel: 2,
    minVersionLevel: 2,
  })
  await peer.call(FindCoordinator, 4, { keyType: 1, coordinatorKeys: ['a'] })
  const keys = [
    'cleanup.policy',
    'compression.type',
    'min.insync.replicas',
    'segment.bytes',
    'unclean.leader.election.enable',
  ]
  const resources = [{ resourceType: 2, resourceName: '__transaction_state', configurationKeys: keys }]
  const { configs } = (await peer.call(DescribeConfigs, 4, { resources })).results[0]!
  expect(Object.fromEntries(configs.map(({ name, value }) => [name, value]))).toEqual({
    'cleanup.policy': 'compact',
    'compression.type': 'uncompressed',
    'min.insync.replicas': '1',
    'segment.bytes': '104857600',
    'unclean.leader.election.enable': 'false',
  })
})
