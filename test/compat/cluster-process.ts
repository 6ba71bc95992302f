import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { KlogHome } from '../support/klog-home.js'
import { freePortRow } from '../support/port-row.js'
import { kafkaTool } from './places.js'

/** Brokers 0, 1 and 2, each of which can be taken away and brought back. */
export interface ClusterProcess {
  /** `host:port` of each broker, in the order of their ids. */
  readonly addresses: readonly string[]
  /** At once, as a power cut. */
  kill(id: number): Promise<void>
  /** In order: others lead before it is gone. */
  stop(id: number): Promise<void>
  start(id: number): Promise<void>
  /** It stands still, and nobody is told. */
  pause(id: number): Promise<void>
  resume(id: number): Promise<void>
  /** What its brokers have written last. */
  logs(): string
  end(): Promise<void>
}

/** The same of every cluster, where defaults differ. Leaders move when somebody asks for it only. */
const SETTINGS = {
  'auto.leader.rebalance.enable': 'false',
  'broker.heartbeat.interval.ms': '500',
  'broker.session.timeout.ms': '3000',
  'controller.quorum.election.timeout.ms': '1000',
  'controller.quorum.election.backoff.max.ms': '1000',
  'controller.quorum.fetch.timeout.ms': '2000',
  'group.initial.rebalance.delay.ms': '0',
  'offsets.topic.num.partitions': '5',
  'offsets.topic.replication.factor': '3',
  'replica.lag.time.max.ms': '30000',
}
const COUNT = 3
/** The launcher puts the nodes' ports so far apart. */
const APACHE_PORT_STEP = 10
const LOOK_AGAIN_MS = 50
const LOG_CHARACTERS = 20_000

const run = promisify(execFile)

/** Apache Kafka on three nodes. */
export async function startApacheCluster(): Promise<ClusterProcess> {
  const directory = join(mkdtempSync(join(tmpdir(), 'klog-compat-cluster-')), 'apache')
  const first = await freePortRow(COUNT * APACHE_PORT_STEP)
  const pairs = Object.entries(SETTINGS).map(([name, value]) => `${name}=${value}`)
  const env = { ...process.env, KAFKA_SERVER_HEAP: '-Xmx512M -Xms256M' }
  const launch = async (...args: string[]): Promise<void> => void (await run(kafkaTool, args, { env }))
  const node = (id: number): string => join(directory, `node-${id}`)
  const signal = async (id: number, name: NodeJS.Signals): Promise<void> => {
    process.kill(Number(readFileSync(join(node(id), 'pid'), 'utf8')), name)
  }
  await launch('start-cluster', directory, String(COUNT), String(first), ...pairs)
  return {
    addresses: Array.from({ length: COUNT }, (_, id) => `127.0.0.1:${first + id * APACHE_PORT_STEP}`),
    kill: (id) => launch('kill-node', node(id)),
    stop: (id) => launch('stop-node', node(id)),
    start: (id) => launch('start-node', node(id)),
    pause: (id) => signal(id, 'SIGSTOP'),
    resume: (id) => signal(id, 'SIGCONT'),
    logs: () => Array.from({ length: COUNT }, (_, id) => lastOf(join(node(id), 'server.log'))).join('\n'),
    end: async () => {
      await launch('kill', directory)
      rmSync(join(directory, '..'), { recursive: true, force: true })
    },
  }
}

/** klog's cluster; where its brokers are processes, they are killed without its help. */
export async function startKlogCluster(mode: 'in processes' | 'in one process'): Promise<ClusterProcess> {
  const first = await freePortRow(COUNT)
  const home = await KlogHome.make({ ...SETTINGS, listeners: `PLAINTEXT://127.0.0.1:${first}` })
  const klog = async (...args: string[]): Promise<void> => {
    const { exitCode, stderr } = await home.klog(['broker', ...args])
    if (exitCode !== 0) throw new Error(`klog broker ${args.join(' ')}: ${stderr}`)
  }
  const ofOne =
    (verb: string, ...options: string[]) =>
    (id: number): Promise<void> =>
      klog(verb, String(id), ...options)
  await klog('start', '--brokers', String(COUNT), ...(mode === 'in processes' ? ['--processes'] : []))
  return {
    addresses: Array.from({ length: COUNT }, (_, id) => `127.0.0.1:${first + id}`),
    kill: mode === 'in processes' ? (id) => killProcess(home, id) : ofOne('kill', '--force'),
    stop: ofOne('stop', '--force'),
    start: ofOne('start'),
    pause: ofOne('pause', '--force'),
    resume: ofOne('resume'),
    logs: () => lastOf(join(home.directory, 'broker.log')),
    end: () => home.dispose(),
  }
}

function lastOf(file: string): string {
  return `${file}:\n${readFileSync(file, 'utf8').slice(-LOG_CHARACTERS)}`
}

/** Until whoever started it has noticed. */
async function killProcess(home: KlogHome, id: number): Promise<void> {
  const pidOf = (): number | null => {
    const state = readFileSync(join(home.directory, 'broker.json'), 'utf8')
    const { brokers } = JSON.parse(state) as { brokers: { id: number; pid: number | null }[] }
    return brokers.find((broker) => broker.id === id)?.pid ?? null
  }
  const pid = pidOf()!
  process.kill(pid, 'SIGKILL')
  while (pidOf() === pid) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
}
