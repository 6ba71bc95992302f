import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { Peer } from '../../src/net/peer.js'
import { CreateTopics } from '../../src/protocol/messages/create-topics.js'
import { DescribeQuorum } from '../../src/protocol/messages/describe-quorum.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { TestCluster } from '../support/cluster.js'

let cluster: TestCluster | null = null
const peers = new Map<number, Peer>()

afterEach(async () => {
  for (const peer of peers.values()) peer.close()
  peers.clear()
  await cluster?.close()
  cluster = null
})

async function peerOf(id: number): Promise<Peer> {
  const known = peers.get(id)
  if (known?.isClosed === false) return known
  const { client } = cluster!.ports[id]!
  const peer = await Peer.connect({
    host: '127.0.0.1',
    port: client,
    clientId: 'test',
    clock: systemClock,
    connectTimeoutMs: 5000,
  })
  peers.set(id, peer)
  return peer
}

const metadata = async (id: number) =>
  (await peerOf(id)).call(Metadata, 12, {
    topics: null,
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: false,
  })

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(setImmediate)
}

async function quorumOf(id: number) {
  const topics = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }]
  return (await (await peerOf(id)).call(DescribeQuorum, 2, { topics })).topics[0]!.partitions[0]!
}

test('three nodes make one cluster: each knows all brokers, and what any of them is asked to create', async () => {
  cluster = await TestCluster.start(3)
  const topic = { name: 'orders', numPartitions: 3, replicationFactor: 3, assignments: [], configs: [] }
  for (const id of [0, 1, 2]) {
    const name = `orders-${id}`
    const request = { topics: [{ ...topic, name }], timeoutMs: 10_000, validateOnly: false }
    const { topics } = await (await peerOf(id)).call(CreateTopics, 7, request)
    expect(topics[0]).toMatchObject({ errorCode: 0, numPartitions: 3, replicationFactor: 3 })
  }
  for (const id of [0, 1, 2]) {
    await until(async () => (await metadata(id)).topics.length === 3)
    const { brokers, topics, clusterId } = await metadata(id)
    expect(brokers.map(({ nodeId }) => nodeId)).toEqual([0, 1, 2])
    expect(clusterId).toBe(cluster.daemon(0).clusterId)
    expect(topics.map(({ name }) => name).sort()).toEqual(['orders-0', 'orders-1', 'orders-2'])
  }
})

test('the leader of the quorum is told by whoever is asked', async () => {
  cluster = await TestCluster.start(3)
  const [first, ...others] = await Promise.all([0, 1, 2].map((id) => quorumOf(id)))
  expect(first!.currentVoters.map(({ replicaId }) => replicaId)).toEqual([0, 1, 2])
  for (const other of others) expect(other.leaderId).toBe(first!.leaderId)
})

test('when the active controller is killed another takes over, and the dead broker is fenced', async () => {
  cluster = await TestCluster.start(3)
  const { leaderId } = await quorumOf(0)
  await cluster.kill(leaderId)
  const alive = [0, 1, 2].filter((id) => id !== leaderId)
  await until(async () => {
    const { brokers } = await metadata(alive[0]!)
    return brokers.every(({ nodeId }) => nodeId !== leaderId)
  })
  expect((await quorumOf(alive[1]!)).leaderId).not.toBe(leaderId)
  await cluster.startBroker(leaderId)
  await until(async () => (await metadata(alive[0]!)).brokers.length === 3)
})
