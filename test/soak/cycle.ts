import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Kafka, type KafkaConfig, type KafkaJSDeleteGroupsError, logLevel } from 'kafkajs'
import { systemClock } from '../../src/base/clock.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { realWorld, waited } from '../crash/real-world.js'
import { Client } from '../sim/client.js'
import { Ledger } from '../sim/ledger.js'
import { produceIdempotently } from '../sim/producers.js'
import { administer } from '../sim/topics.js'
import { produceInTransactions } from '../sim/transactional-producer.js'
import { javaLikeProducer, kafkajs } from '../support/kafkajs.js'
import { seededRandom } from '../support/seeded-random.js'
import { GroupReader } from './group-reader.js'

const klog = join(import.meta.dirname, '../../bin/klog.js')
const run = promisify(execFile)

/** What all cycles share; made once. `bounded` is deleted from as it grows, `compacted` is compacted. */
export const TOPICS = [
  {
    topic: 'bounded',
    settings: { 'retention.bytes': '2097152', 'segment.bytes': '1048576', 'file.delete.delay.ms': '1000' },
  },
  {
    topic: 'compacted',
    settings: { 'cleanup.policy': 'compact', 'segment.bytes': '1048576', 'min.cleanable.dirty.ratio': '0.1' },
  },
  {
    topic: 'orders',
    settings: { 'retention.bytes': '2097152', 'segment.bytes': '1048576', 'file.delete.delay.ms': '1000' },
  },
]
const PARTITIONS = 3
const BATCHES = 40
export const GROUP_RECORDS = 600
const PATIENCE_MS = 120_000
const VALUE = 'x'.repeat(2000)

/** On a busy machine a second, which is what it gives a connection otherwise, is not enough; what it stumbles over is told. */
const PATIENT: Partial<KafkaConfig> = {
  connectionTimeout: PATIENCE_MS,
  requestTimeout: PATIENCE_MS,
  logLevel: logLevel.ERROR,
  // What single requests are answered is part of every rebalance.
  logCreator:
    () =>
    ({ log: { message, ...details } }) => {
      if (!message.startsWith('Response ')) console.log(`kafkajs: ${message}`, details)
    },
}

export interface CycleResult {
  readonly sent: number
  readonly received: number
}

export async function createTopics(port: number): Promise<void> {
  const admin = kafkajs(`127.0.0.1:${port}`).admin()
  await admin.connect()
  await admin.createTopics({
    topics: TOPICS.map(({ topic, settings }) => ({
      topic,
      numPartitions: PARTITIONS,
      replicationFactor: 1,
      configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
    })),
  })
  await admin.disconnect()
}

/** A round of everything that clients do, after which they are gone; what it made is gone, too. */
export async function runCycle(port: number, number: number): Promise<CycleResult> {
  const ledger = new Ledger(
    () => systemClock.monotonicMs(),
    () => false,
  )
  const world = realWorld({ port, ledger, isCalm: () => false, tell: () => {} })
  const client = (name: string): Client => new Client(`${name}-${number}`, seededRandom(number), world)
  const kafka = kafkajs(`127.0.0.1:${port}`, PATIENT)
  const places = Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: 'orders', partition }))
  const ours = ['idempotent', 'transactional', 'admin'].map(client) as [Client, Client, Client]
  const [through] = await Promise.all([
    throughGroup(kafka, number),
    sendKeyed(kafka),
    produceIdempotently(ours[0], places, BATCHES),
    produceInTransactions(ours[1], places, BATCHES, { protocol: 'new', timeoutMs: 60_000 }),
    administer(ours[2], BATCHES / 2),
    useTools(port),
  ])
  for (const one of ours) one.disconnect()
  await deleteTopics(kafka)
  return { sent: ledger.acknowledged + GROUP_RECORDS, received: through }
}

/** Two members read in a group while records come: one joins later, the other leaves in the middle. Then the group is deleted. */
async function throughGroup(kafka: Kafka, number: number): Promise<number> {
  const groupId = `soakers-${number}`
  const seen = new Set<string>()
  const member = () => GroupReader.join(kafka, groupId, 'bounded', (key) => void seen.add(key))
  const first = await member()
  const producer = javaLikeProducer(kafka, true)
  await producer.connect()
  const second = await member()
  const keys = Array.from({ length: GROUP_RECORDS }, (_, at) => `${number}-${at}`)
  for (let at = 0; at < keys.length; at += 20) {
    const messages = keys.slice(at, at + 20).map((key) => ({ key, value: VALUE }))
    await producer.send({ topic: 'bounded', messages })
    if (at === keys.length / 2) await first.leave()
  }
  const untilMs = systemClock.monotonicMs() + PATIENCE_MS
  while (!keys.every((key) => seen.has(key)) && systemClock.monotonicMs() < untilMs) await waited(systemClock, 20)
  await Promise.all([second.leave(), producer.disconnect()])
  await deleteGroup(kafka, groupId)
  return keys.filter((key) => seen.has(key)).length
}

/** kafkajs says no goodbye while it joins: such a member is there until its session is over. */
async function deleteGroup(kafka: Kafka, groupId: string): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  const untilMs = systemClock.monotonicMs() + PATIENCE_MS
  for (;;) {
    const failed: unknown = await admin.deleteGroups([groupId]).then(
      () => null,
      (error) => error,
    )
    if (failed === null) break
    const codes = ((failed as Partial<KafkaJSDeleteGroupsError>).groups ?? []).map(({ errorCode }) => errorCode)
    const isThere = codes.length > 0 && codes.every((code) => code === ErrorCode.NON_EMPTY_GROUP)
    if (!isThere || systemClock.monotonicMs() > untilMs)
      throw new Error(`${groupId} is not deleted: ${codes.join(', ')}`, { cause: failed })
    await waited(systemClock, 500)
  }
  await admin.disconnect()
}

async function sendKeyed(kafka: Kafka): Promise<void> {
  const producer = javaLikeProducer(kafka)
  await producer.connect()
  for (let at = 0; at < 50; at++) {
    const messages = Array.from({ length: 20 }, (_, key) => ({ key: `key-${key}`, value: VALUE }))
    await producer.send({ topic: 'compacted', messages })
  }
  await producer.disconnect()
}

async function useTools(port: number): Promise<void> {
  const tool = (...args: string[]) => {
    const env = { ...process.env, KLOG_NO_SPAWN: '1' }
    return run(process.execPath, [klog, ...args, '--bootstrap-server', `127.0.0.1:${port}`], { env })
  }
  await tool('topics', '--describe', '--topic', 'orders')
  await tool('consumer-groups', '--describe', '--all-groups')
  await tool('console-consumer', '--topic', 'compacted', '--from-beginning', '--max-messages', '50')
}

async function deleteTopics(kafka: Kafka): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  const kept = new Set([...TOPICS.map(({ topic }) => topic), '__consumer_offsets', '__transaction_state'])
  const topics = (await admin.listTopics()).filter((topic) => !kept.has(topic))
  if (topics.length > 0) await admin.deleteTopics({ topics })
  await admin.disconnect()
}
