import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { BrokerState } from '../../src/cli/local/state.js'
import type { AskedCluster } from '../support/cluster-client.js'
import { KlogHome } from '../support/klog-home.js'
import { freePortRow } from '../support/port-row.js'

const apacheKafka = join(import.meta.dirname, '../compat/kafka/kafka')
const COUNT = 3
/** Between the ports of two of Apache Kafka's nodes. */
const APACHE_STEP = 10
const run = promisify(execFile)

/** Brokers 0, 1 and 2, to put load on and to take away. */
export interface MeasuredCluster extends AskedCluster {
  readonly name: string
  /** When the command was given that started it, by `performance.now`. */
  readonly commandedMs: number
  /** Of all its processes. */
  pids(): number[]
  /** As a power cut. */
  kill(id: number): Promise<void>
  start(id: number): Promise<void>
  stop(): Promise<void>
}

export async function klogCluster(mode: 'one process' | 'three processes'): Promise<MeasuredCluster> {
  const first = await freePortRow(COUNT)
  const home = await KlogHome.make({ listeners: `PLAINTEXT://localhost:${first}` })
  const klog = async (...args: string[]): Promise<void> => {
    const { exitCode, stderr } = await home.klog(['broker', ...args])
    if (exitCode !== 0) throw new Error(`klog broker ${args.join(' ')}: ${stderr}`)
  }
  const commandedMs = performance.now()
  await klog('start', '--brokers', String(COUNT), ...(mode === 'one process' ? [] : ['--processes']))
  const daemons: (object | null)[] = Array.from({ length: COUNT }, () => ({}))
  return {
    ...{ name: `klog in ${mode}`, commandedMs, daemons },
    ports: daemons.map((_, id) => ({ client: first + id })),
    pids: () => {
      const { pid, brokers } = JSON.parse(readFileSync(join(home.directory, 'broker.json'), 'utf8')) as BrokerState
      return [...new Set([pid, ...brokers!.flatMap((broker) => broker.pid ?? [])])]
    },
    kill: async (id) => {
      daemons[id] = null
      await klog('kill', String(id))
    },
    start: async (id) => {
      await klog('start', String(id))
      daemons[id] = {}
    },
    stop: () => home.dispose(),
  }
}

/** Three nodes of Apache Kafka, each with its own default heap; null where there is no Java, or its jars cannot be had. */
export async function apacheCluster(): Promise<MeasuredCluster | null> {
  const directory = mkdtempSync(join(tmpdir(), 'apache-kafka-'))
  const first = await freePortRow(COUNT * APACHE_STEP)
  const node = (id: number): string => join(directory, `node-${id}`)
  const commandedMs = performance.now()
  try {
    const factors = ['offsets.topic.replication.factor=3', 'transaction.state.log.replication.factor=3']
    await run(apacheKafka, ['start-cluster', directory, String(COUNT), String(first), ...factors])
  } catch {
    execFileSync(apacheKafka, ['kill', directory])
    rmSync(directory, { recursive: true, force: true })
    return null
  }
  const daemons: (object | null)[] = Array.from({ length: COUNT }, () => ({}))
  return {
    ...{ name: 'Apache Kafka', commandedMs, daemons },
    ports: daemons.map((_, id) => ({ client: first + id * APACHE_STEP })),
    pids: () => daemons.flatMap((up, id) => (up === null ? [] : Number(readFileSync(join(node(id), 'pid'), 'utf8')))),
    kill: async (id) => {
      daemons[id] = null
      await run(apacheKafka, ['kill-node', node(id)])
    },
    start: async (id) => {
      await run(apacheKafka, ['start-node', node(id)])
      daemons[id] = {}
    },
    stop: async () => {
      execFileSync(apacheKafka, ['kill', directory])
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
