import { afterEach, expect, test } from 'vitest'
import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import { TestCluster } from '../support/cluster.js'
import { ClusterClient } from '../support/cluster-client.js'
import { groupMember, kafkajs, receive } from '../support/kafkajs.js'

let cluster: TestCluster
let client: ClusterClient

afterEach(async () => {
  client.close()
  await cluster.close()
})

async function coordinator(): Promise<number> {
  const peer = await client.peer(client.anyAlive())
  return (await peer.call(FindCoordinator, 1, { key: 'mover', keyType: 1 })).nodeId
}

test('a transaction whose coordinator is killed before its end is ended by the next one, as it was asked to be', async () => {
  cluster = await TestCluster.start(3, { 'transaction.state.log.min.isr': '2' })
  client = new ClusterClient(cluster)
  await client.create('t', { partitions: 3, configs: { 'min.insync.replicas': '2' } })
  const kafka = kafkajs(cluster.bootstrap, { retry: { retries: 30, initialRetryTime: 50, maxRetryTime: 300 } })
  const producer = kafka.producer({ transactionalId: 'mover', maxInFlightRequests: 1, idempotent: true })
  await producer.connect()
  for (const [round, end] of ['commit', 'abort', 'commit'].entries()) {
    const transaction = await producer.transaction()
    for (let i = 0; i < 4; i++) await transaction.send({ topic: 't', messages: [{ value: `${end} ${round}` }] })
    const killed = await coordinator()
    await cluster.kill(killed)
    if (end === 'commit') await transaction.commit()
    else await transaction.abort()
    await cluster.startBroker(killed)
    for (const index of [0, 1, 2]) await client.untilIsr('t', [0, 1, 2], index)
  }
  await producer.disconnect()
  const consumer = groupMember(kafka, 'readers')
  const received = await receive(consumer, 't', 8)
  expect(received.map(({ value }) => value).sort()).toEqual([
    ...Array(4).fill('commit 0'),
    ...Array(4).fill('commit 2'),
  ])
}, 60_000)
