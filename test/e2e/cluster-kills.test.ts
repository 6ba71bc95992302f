import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Consumer, Producer } from 'kafkajs'
import { expect, test, vi } from 'vitest'
import type { BrokerState } from '../../src/cli/local/state.js'
import { startCluster } from '../../src/index.js'
import { type AskedCluster, ClusterClient } from '../support/cluster-client.js'
import { javaLikeProducer, kafkajs } from '../support/kafkajs.js'
import { KlogHome } from '../support/klog-home.js'
import { freePortRow } from '../support/port-row.js'

const PARTITIONS = [0, 1, 2]
const TOPIC = 'orders'
const KILLS = 10
const STOPS = 2
/** Far beyond what it takes; the figures are told. */
const ELECTION_MS_MAX = 10_000
/** So few, and a member that kafkajs has restarted, which forgets to leave, holds the others up no longer. */
const SESSION_MS = 1500
const SETTINGS = { 'offsets.topic.num.partitions': '5', 'group.min.session.timeout.ms': '100' }
const SOON = { initialRetryTime: 20, maxRetryTime: 200, retries: 10_000 }

/** Three brokers that can be taken away as by a power cut. */
interface Victims extends AskedCluster {
  kill(id: number): Promise<void>
  /** In order: others lead before it goes. */
  stop(id: number): Promise<void>
  start(id: number): Promise<void>
  close(): Promise<void>
}

async function inOneProcess(): Promise<Victims> {
  const cluster = await startCluster({ brokers: 3, settings: SETTINGS })
  const daemons: (object | null)[] = [{}, {}, {}]
  return {
    daemons,
    ports: cluster.brokers.map(({ port }) => ({ client: port })),
    kill: async (id) => {
      daemons[id] = null
      await cluster.brokers[id]!.kill()
    },
    stop: async (id) => {
      daemons[id] = null
      await cluster.brokers[id]!.stop()
    },
    start: async (id) => {
      await cluster.brokers[id]!.start()
      daemons[id] = {}
    },
    close: () => cluster.close(),
  }
}

async function inProcesses(): Promise<Victims> {
  const first = await freePortRow(3)
  const home = await KlogHome.make({ listeners: `PLAINTEXT://localhost:${first}`, ...SETTINGS })
  const klog = async (...args: string[]): Promise<void> => {
    const { exitCode, stderr } = await home.klog(['broker', ...args])
    expect([exitCode, stderr]).toEqual([0, ''])
  }
  const pidOf = (id: number): number => {
    const { brokers } = JSON.parse(readFileSync(join(home.directory, 'broker.json'), 'utf8')) as BrokerState
    return brokers!.find((broker) => broker.id === id)!.pid!
  }
  await klog('start', '--brokers', '3', '--processes')
  const daemons: (object | null)[] = [{}, {}, {}]
  return {
    daemons,
    ports: [0, 1, 2].map((id) => ({ client: first + id })),
    kill: async (id) => {
      daemons[id] = null
      process.kill(pidOf(id), 'SIGKILL')
    },
    stop: async (id) => {
      daemons[id] = null
      const pid = pidOf(id)
      process.kill(pid, 'SIGTERM')
      await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 30_000 })
    },
    start: async (id) => {
      await klog('start', String(id))
      daemons[id] = {}
    },
    close: () => home.dispose(),
  }
}

test.for([
  ['in one process', inOneProcess],
  ['in processes of their own', inProcesses],
] as const)(
  'brokers %s are killed, or stopped in order, and come back in turn: kafkajs consumes all that was acknowledged, in order',
  {
    timeout: 300_000,
  },
  async ([_, open], { annotate, onTestFinished }) => {
    const cluster = await open()
    onTestFinished(() => cluster.close())
    const client = new ClusterClient(cluster)
    await client.create(TOPIC, { partitions: PARTITIONS.length, configs: { 'min.insync.replicas': '2' } })
    const bootstrap = cluster.ports.map((port) => `127.0.0.1:${port.client}`).join(',')
    const kafka = kafkajs(bootstrap, { retry: SOON, connectionTimeout: 1000, requestTimeout: 5000 })
    const producer = javaLikeProducer(kafka)
    await producer.connect()
    const consumer = kafka.consumer({
      groupId: 'watchers',
      maxWaitTimeInMs: 100,
      sessionTimeout: SESSION_MS,
      heartbeatInterval: SESSION_MS / 10,
    })
    const consumed = await consuming(consumer)
    const sending = PARTITIONS.map((partition) => new Sending(producer, partition))

    const electionMs: number[] = []
    const handoverMs: number[] = []
    for (let round = 0; round < KILLS + STOPS; round++) {
      const id = round % 3
      const before = sending.map(({ acknowledged }) => acknowledged.length)
      if (round < KILLS) electionMs.push(await ledAgain(client, () => cluster.kill(id)))
      else handoverMs.push(await ledAgain(client, () => cluster.stop(id)))
      await client.until(async () => sending.every(({ acknowledged }, at) => acknowledged.length > before[at]!))
      await cluster.start(id)
      for (const index of PARTITIONS) await client.untilIsr(TOPIC, [0, 1, 2], index)
    }

    for (const { acknowledged } of await Promise.all(sending.map((one) => one.end()))) {
      const [partition] = acknowledged[0]!.split('-').map(Number)
      const log = consumed[partition!]!
      await client.until(async () => log.at(-1) === acknowledged.at(-1))
      // What was sent again, because its acknowledgement was lost with a connection, is there twice in a row.
      expect(log.filter((value, at) => value !== log[at - 1])).toEqual(acknowledged)
    }
    const told = (figures: number[]): string => figures.map(Math.round).join(', ')
    await annotate(`all partitions were led again ${told(electionMs)} ms after a kill`)
    await annotate(`all partitions were led by others ${told(handoverMs)} ms after a stop in order had begun`)
    expect(Math.max(...electionMs, ...handoverMs)).toBeLessThan(ELECTION_MS_MAX)
    client.close()
    await Promise.all([consumer.disconnect(), producer.disconnect()])
  },
)

/** Takes a broker away; milliseconds until others lead whatever it led. */
async function ledAgain(client: ClusterClient, takeAway: () => Promise<void>): Promise<number> {
  const start = performance.now()
  const taken = takeAway()
  for (const index of PARTITIONS) await client.leaderOf(TOPIC, index)
  const ms = performance.now() - start
  await taken
  return ms
}

/** One record after the other to one partition: the next once the one before was acknowledged by all. */
class Sending {
  readonly acknowledged: string[] = []
  readonly #done: Promise<void>
  #isOver = false

  constructor(
    readonly producer: Producer,
    readonly partition: number,
  ) {
    this.#done = this.#run()
  }

  async end(): Promise<this> {
    this.#isOver = true
    await this.#done
    return this
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const { partition } = this
      const value = `${partition}-${this.acknowledged.length}`
      await this.producer.send({ topic: TOPIC, acks: -1, timeout: 2000, messages: [{ partition, value }] })
      this.acknowledged.push(value)
    }
  }
}

/** What a member of a group gets to see of each partition, in the order of its offsets. */
async function consuming(consumer: Consumer): Promise<string[][]> {
  const values: string[][] = PARTITIONS.map(() => [])
  const offsets: number[] = PARTITIONS.map(() => -1)
  await consumer.connect()
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ partition, message: { offset, value } }) => {
      // After a rebalance it begins where it has committed: what it has seen before is the same again.
      if (Number(offset) <= offsets[partition]!) return
      offsets[partition] = Number(offset)
      values[partition]!.push(`${value}`)
    },
  })
  return values
}
