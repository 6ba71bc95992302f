import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Admin, Kafka, logLevel } from 'kafkajs'
import { freePort, KlogHome } from '../support/klog-home.js'

const apacheKafka = join(import.meta.dirname, '../compat/kafka/kafka')

/** A broker in a process of its own, to put load on. */
export interface MeasuredBroker {
  readonly name: string
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

export async function klogBroker(): Promise<MeasuredBroker> {
  const home = await KlogHome.make()
  const started = await home.klog(['broker', 'start'])
  if (started.exitCode !== 0) throw new Error(`${started.stderr}`)
  const { pid } = JSON.parse(readFileSync(join(home.directory, 'broker.json'), 'utf8')) as { pid: number }
  return { name: 'klog', port: home.port, pid, stop: () => home.dispose() }
}

/** Apache Kafka on the same machine, with its own default heap; null where there is no Java, or its jars cannot be had. */
export async function apacheBroker(): Promise<MeasuredBroker | null> {
  const directory = mkdtempSync(join(tmpdir(), 'apache-kafka-'))
  const port = await freePort()
  try {
    execFileSync(apacheKafka, ['start', directory, String(port)], { stdio: 'ignore' })
  } catch {
    rmSync(directory, { recursive: true, force: true })
    return null
  }
  return {
    name: 'Apache Kafka',
    port,
    pid: Number(readFileSync(join(directory, 'pid'), 'utf8')),
    stop: async () => {
      execFileSync(apacheKafka, ['kill', directory])
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** One partition, led by the broker when this returns; its files go at once when it is deleted. */
export async function createTopic(broker: MeasuredBroker, topic: string): Promise<void> {
  const configEntries = [{ name: 'file.delete.delay.ms', value: '0' }]
  await administer(broker, async (admin) => {
    const topics = [{ topic, numPartitions: 1, replicationFactor: 1, configEntries }]
    await admin.createTopics({ waitForLeaders: true, topics })
  })
}

/** Gives the memory back that the topic takes in the page cache: memory that was never touched is slower to write to. */
export async function deleteTopic(broker: MeasuredBroker, topic: string): Promise<void> {
  await administer(broker, (admin) => admin.deleteTopics({ topics: [topic] }))
}

async function administer({ port }: MeasuredBroker, act: (admin: Admin) => Promise<unknown>): Promise<void> {
  const admin = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await act(admin)
  await admin.disconnect()
}
