import { existsSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { startCluster, type TestCluster } from '../../src/index.js'
import { Peer } from '../../src/net/peer.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { kafkajs } from '../support/kafkajs.js'

let cluster: TestCluster | null = null

afterEach(async () => {
  await cluster?.close()
  cluster = null
})

const TOPIC = { topic: 'payments', numPartitions: 3, replicationFactor: 3 }

/** By partition. */
async function leaders(): Promise<number[]> {
  const admin = kafkajs(cluster!.bootstrapServers).admin()
  await admin.connect()
  const { topics } = await admin.fetchTopicMetadata({ topics: ['payments'] })
  await admin.disconnect()
  return topics[0]!.partitions.sort((a, b) => a.partitionId - b.partitionId).map(({ leader }) => leader)
}

/** Ids of the brokers that are alive, as broker 0 sees them. */
async function seenByFirst(): Promise<number[]> {
  const { host, port } = cluster!.brokers[0]!
  const peer = await Peer.connect({ host, port, clientId: 'test', clock: systemClock, connectTimeoutMs: 5000 })
  const request = { topics: [], allowAutoTopicCreation: false, includeTopicAuthorizedOperations: false }
  const { brokers } = await peer.call(Metadata, 12, request)
  peer.close()
  return brokers.map(({ nodeId }) => nodeId).sort()
}

async function create(): Promise<void> {
  const admin = kafkajs(cluster!.bootstrapServers).admin()
  await admin.connect()
  await admin.createTopics({ topics: [TOPIC], waitForLeaders: true })
  await admin.disconnect()
}

describe('a cluster inside a test', () => {
  test('has one time that can be moved, where it was started so', async () => {
    cluster = await startCluster({ virtualTime: true })
    await cluster.advanceTime(8 * 24 * 3600 * 1000)
    expect(await cluster.controllerId()).not.toBe(null)
    await expect(cluster.advanceTime(-1)).rejects.toThrow('time cannot be moved by -1 milliseconds')
  })

  test('has three brokers that lead in turn; who is killed leads no more, and comes back on the same port', async () => {
    cluster = await startCluster({ brokers: 3 })
    expect(cluster.brokers.map(({ id }) => id)).toEqual([0, 1, 2])
    await create()
    await expect.poll(async () => (await leaders()).sort(), { timeout: 10_000 }).toEqual([0, 1, 2])
    await cluster.brokers[1]!.kill()
    await expect.poll(async () => (await leaders()).includes(1), { timeout: 10_000 }).toBe(false)
    await cluster.brokers[1]!.start()
    await expect.poll(() => cluster!.controllerId()).not.toBe(null)
  })

  test('elects another controller when the broker that leads the quorum stops, and none with two of three gone', async () => {
    cluster = await startCluster()
    const first = await cluster.controllerId()
    await cluster.brokers[first!]!.stop()
    await expect.poll(() => cluster!.controllerId(), { timeout: 10_000 }).toSatisfy((id) => id !== null && id !== first)
    await cluster.brokers[(await cluster.controllerId())!]!.kill()
    expect(await cluster.controllerId()).toBe(null)
  })

  test('takes a broker that is cut off or stands still for dead, until it is heard again', async () => {
    cluster = await startCluster()
    await create()
    const follower = cluster.brokers.find(({ id }) => id === 2)!
    for (const [hurt, mend] of [
      [() => follower.cutFrom(0, 1), () => cluster!.heal()],
      [() => follower.pause(), () => follower.resume()],
    ] as const) {
      await hurt()
      await expect.poll(seenByFirst, { timeout: 10_000 }).toEqual([0, 1])
      await mend()
      await expect.poll(seenByFirst, { timeout: 10_000 }).toEqual([0, 1, 2])
    }
  })

  test('takes its directory away when it closes, and takes settings of Kafka', async () => {
    const own = await startCluster({ brokers: 2, settings: { 'num.partitions': 2 } })
    expect(existsSync(own.directory)).toBe(true)
    await own.close()
    expect(existsSync(own.directory)).toBe(false)
    await expect(startCluster({ settings: { 'num.partitions': 'many' } })).rejects.toThrow(/num\.partitions/)
    await expect(startCluster({ brokers: 0 })).rejects.toThrow('a cluster cannot have 0 brokers')
  })
})
