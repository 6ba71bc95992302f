import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Admin, Kafka, logLevel } from 'kafkajs'
import { freePort, KlogHome } from '../support/klog-home.js'
import { untilLed } from './asking.js'
import type { Scope } from './scope.js'

const apacheKafka = join(import.meta.dirname, '../compat/kafka/kafka')

/** Apache Kafka keeps the files of a deleted topic for a minute, and deletes nothing in its first half minute. */
const DELETING = { 'log.segment.delete.delay.ms': '100', 'log.initial.task.delay.ms': '0' }
const DELETED_MS_MAX = 10_000
const LOOK_MS = 20

/** A broker in a process of its own, to put load on. */
export interface MeasuredBroker {
  readonly name: string
  readonly port: number
  readonly pid: number
  /** Where its partitions lie. */
  readonly dataDirectory: string
  stop(): Promise<void>
}

type Settings = Readonly<Record<string, string>>

export async function klogBroker(settings: Settings = {}): Promise<MeasuredBroker> {
  const home = await KlogHome.make(settings)
  const started = await home.klog(['broker', 'start'])
  if (started.exitCode !== 0) throw new Error(`${started.stderr}`)
  const { pid } = JSON.parse(readFileSync(join(home.directory, 'broker.json'), 'utf8')) as { pid: number }
  const dataDirectory = join(home.directory, 'data')
  return { name: 'klog', port: home.port, pid, dataDirectory, stop: () => home.dispose() }
}

/**
 * Apache Kafka on the same machine, with its own default heap; null where it is not asked for, there is no Java, or its jars cannot
 * be had.
 */
export async function apacheBroker({ hasApache }: Scope, settings: Settings = {}): Promise<MeasuredBroker | null> {
  if (!hasApache) return null
  const directory = mkdtempSync(join(tmpdir(), 'apache-kafka-'))
  const port = await freePort()
  const pairs = Object.entries({ ...DELETING, ...settings }).map(([name, value]) => `${name}=${value}`)
  try {
    execFileSync(apacheKafka, ['start', directory, String(port), ...pairs], { stdio: 'ignore' })
  } catch (error) {
    console.error(`Apache Kafka is left out: ${(error as Error).message}`)
    execFileSync(apacheKafka, ['kill', directory])
    rmSync(directory, { recursive: true, force: true })
    return null
  }
  return {
    name: 'Apache Kafka',
    port,
    pid: Number(readFileSync(join(directory, 'pid'), 'utf8')),
    dataDirectory: join(directory, 'data'),
    stop: async () => {
      execFileSync(apacheKafka, ['kill', directory])
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export interface Brokers {
  readonly klog: MeasuredBroker
  readonly apache: MeasuredBroker | null
}

/** Starts both, and stops them in the end. @param settings for both, by Kafka's names */
export async function besideApache<Result>(
  scope: Scope,
  act: (brokers: Brokers) => Promise<Result>,
  settings: Settings = {},
): Promise<Result> {
  const klog = await klogBroker(settings)
  let apache: MeasuredBroker | null = null
  try {
    apache = await apacheBroker(scope, settings)
    return await act({ klog, apache })
  } finally {
    await klog.stop()
    await apache?.stop()
  }
}

export interface TopicShape {
  readonly partitions?: number
  readonly config?: Settings
}

/** Led by the broker when this returns; its files go at once when it is deleted. */
export async function createTopic(broker: MeasuredBroker, topic: string, shape: TopicShape = {}): Promise<void> {
  const { partitions = 1, config = {} } = shape
  const all = { 'file.delete.delay.ms': '0', ...config }
  const configEntries = Object.entries(all).map(([name, value]) => ({ name, value }))
  await administer(broker, async (admin) => {
    const topics = [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }]
    await admin.createTopics({ waitForLeaders: true, topics })
  })
  await untilLed(broker, topic, partitions)
}

/**
 * Gives the memory back that the topic takes in the page cache, and returns when its files are gone: memory that was never touched is
 * several times slower to write to, so that whoever found more of it would seem the slower broker.
 */
export async function deleteTopic(broker: MeasuredBroker, topic: string): Promise<void> {
  await administer(broker, (admin) => admin.deleteTopics({ topics: [topic] }))
  const isThere = (): boolean => readdirSync(broker.dataDirectory).some((name) => name.startsWith(`${topic}-`))
  for (let waitedMs = 0; isThere() && waitedMs < DELETED_MS_MAX; waitedMs += LOOK_MS)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
}

export async function administer({ port }: MeasuredBroker, act: (admin: Admin) => Promise<unknown>): Promise<void> {
  const admin = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await act(admin)
  await admin.disconnect()
}
