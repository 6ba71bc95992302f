import type { Kafka } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCluster, type TestCluster } from '../../src/index.js'
import { groupMember, javaLikeProducer, kafkajs } from '../support/kafkajs.js'

const RECORDS = 50
const PATIENCE = { timeout: 25_000 }
/** Followers take a minute to ask again: what comes meanwhile their leader has alone. */
const FAR_BEHIND_MS = 60_000
const A_LITTLE_BEHIND_MS = 300

let cluster: TestCluster
let kafka: Kafka

beforeAll(async () => {
  // Late followers stay in sync, as those do that have just begun to be late.
  const settings = { 'replica.lag.time.max.ms': FAR_BEHIND_MS, 'auto.leader.rebalance.enable': false }
  cluster = await startCluster({ settings })
  kafka = kafkajs(cluster.bootstrapServers)
})
afterAll(() => cluster?.close())

describe('a leader dies right after it has acknowledged', { timeout: 60_000 }, () => {
  test('with acks=1: what it alone had is lost, and stays lost when it is back', async () => {
    await create('one', [0, 1, 2])
    await behind([1, 2], FAR_BEHIND_MS)
    // Takes away the fetches that are with the leader already.
    await send('one', 1, ['first'])
    await send('one', 1, numbered(RECORDS))
    await cluster.brokers[0]!.kill()
    await behind([1, 2], 0)
    await expect.poll(() => leaderOf('one'), PATIENCE).toSatisfy((id) => id === 1 || id === 2)
    await cluster.brokers[0]!.start()
    await expect.poll(() => inSync('one'), PATIENCE).toEqual([0, 1, 2])
    const found = await valuesOf('one')
    expect(numbered(RECORDS).filter((value) => !found.includes(value))).toHaveLength(RECORDS)
  })

  test('with acks=all: nothing is lost, for the others had it before', async () => {
    await create('all', [2, 0, 1])
    await behind([0, 1], A_LITTLE_BEHIND_MS)
    await send('all', -1, numbered(RECORDS))
    await cluster.brokers[2]!.kill()
    await behind([0, 1], 0)
    await expect.poll(() => leaderOf('all'), PATIENCE).toSatisfy((id) => id === 0 || id === 1)
    await cluster.brokers[2]!.start()
    await expect.poll(() => inSync('all'), PATIENCE).toEqual([0, 1, 2])
    const found = await valuesOf('all')
    expect(numbered(RECORDS).filter((value) => !found.includes(value))).toHaveLength(0)
    expect(found).toHaveLength(RECORDS)
  })
})

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `record ${at}`)
}

/** One partition, which the first of the replicas leads. */
async function create(topic: string, replicas: number[]): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  const configEntries = [{ name: 'min.insync.replicas', value: '2' }]
  await admin.createTopics({ topics: [{ topic, replicaAssignment: [{ partition: 0, replicas }], configEntries }] })
  await admin.disconnect()
  await expect.poll(() => leaderOf(topic), PATIENCE).toBe(replicas[0])
}

async function behind(ids: readonly number[], ms: number): Promise<void> {
  for (const id of ids) await cluster.brokers[id]!.lag(ms)
}

async function send(topic: string, acks: number, values: readonly string[]): Promise<void> {
  const producer = javaLikeProducer(kafka)
  await producer.connect()
  await producer.send({ topic, acks, messages: values.map((value) => ({ value })) })
  await producer.disconnect()
}

async function leaderOf(topic: string): Promise<number | undefined> {
  return (await partitionOf(topic))?.leader
}

async function inSync(topic: string): Promise<number[] | undefined> {
  return (await partitionOf(topic))?.isr.sort()
}

async function partitionOf(topic: string) {
  const admin = kafka.admin()
  await admin.connect()
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  await admin.disconnect()
  return topics[0]?.partitions[0]
}

/** All that consumers find, in order. */
async function valuesOf(topic: string): Promise<string[]> {
  await send(topic, -1, ['end'])
  const consumer = groupMember(kafka, `${topic}-readers`)
  const values: string[] = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: async ({ message }) => {
        const value = `${message.value}`
        if (value === 'end') resolve()
        else values.push(value)
      },
    })
  })
  await consumer.disconnect()
  return values
}
