import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { residentBytes } from '../../src/cli/local/process.js'
import { KlogHome } from '../support/klog-home.js'
import { cpuSeconds } from './cpu.js'
import { produceRate } from './load.js'
import { type Row, rowOf } from './row.js'
import { megabytes, ms, percent } from './units.js'

const TOPICS = 100
const PARTITIONS_EACH = 100
const TOPICS_PER_REQUEST = 20
const READY_MS_GOAL = 500
const READY_WAY =
  'the metadata of all partitions is read again, and 10,000 changes of leaders are written and read, with the garbage that this makes; after kill -9 every log is looked at, too'
const RECOVERED_BYTES = 5e9
const RECOVERY_GOAL = 4e9
const BATCH_RECORDS = 1000
const IDLE_SECONDS = 10
const IDLE_CPU_GOAL = 0.005
const CONNECTIONS = 1000

/** What many partitions, much data and many connections cost when nothing happens to them. */
export async function scale(): Promise<Row[]> {
  return [...(await recovery()), ...(await idleness()), ...(await manyPartitions())]
}

async function manyPartitions(): Promise<Row[]> {
  const home = await KlogHome.make()
  try {
    await done(home, ['broker', 'start'])
    const kafka = new Kafka({ brokers: [`127.0.0.1:${home.port}`], logLevel: logLevel.NOTHING })
    const admin = kafka.admin()
    await admin.connect()
    const names = Array.from({ length: TOPICS }, (_, topic) => `many-${topic}`)
    // Kafka refuses a request that makes more than 10,000 records.
    const created = await timed(async () => {
      for (let first = 0; first < TOPICS; first += TOPICS_PER_REQUEST) {
        const topics = names.slice(first, first + TOPICS_PER_REQUEST)
        await admin.createTopics({
          topics: topics.map((topic) => ({ topic, numPartitions: PARTITIONS_EACH, replicationFactor: 1 })),
        })
      }
    })
    await admin.disconnect()
    const listed = await timed(() => done(home, ['topics', '--list']))
    const described = await timed(() => done(home, ['topics', '--describe']))
    const bytes = residentBytes(pidOf(home)) ?? Number.NaN
    await done(home, ['broker', 'stop'])
    const stopped = await timed(() => done(home, ['broker', 'start']))
    await done(home, ['broker', 'kill'])
    const killed = await timed(() => done(home, ['broker', 'start']))
    const partitions = `${(TOPICS * PARTITIONS_EACH).toLocaleString('en')} partitions`
    return [
      took(`${partitions} created in ${TOPICS} topics`, created),
      took(`${partitions} listed by klog topics`, listed),
      took(`${partitions} described by klog topics`, described),
      rowOf({ what: `memory with ${partitions}`, unit: megabytes, better: 'lower' }, { klog: [bytes] }),
      took(`start with ${partitions} after a stop`, stopped, READY_MS_GOAL),
      took(`start with ${partitions} after kill -9`, killed, READY_MS_GOAL),
    ]
  } finally {
    await home.dispose()
  }
}

async function recovery(): Promise<Row[]> {
  const home = await KlogHome.make()
  try {
    await done(home, ['broker', 'start'])
    await done(home, ['topics', '--create', '--topic', 'large'])
    const empty = await timedRestart(home)
    const batches = RECOVERED_BYTES / (BATCH_RECORDS * 1000)
    const load = {
      host: '127.0.0.1',
      port: home.port,
      topic: 'large',
      recordBytes: 1000,
      recordsPerBatch: BATCH_RECORDS,
      batches,
      acks: 1,
    }
    await produceRate(load)
    const full = await timedRestart(home)
    const perSecond = RECOVERED_BYTES / ((full - empty) / 1000)
    const unit = (rate: number): string => `${(rate / 1e9).toFixed(1)} GB/s`
    const what = `recovery of ${RECOVERED_BYTES / 1e9} GB in the page cache after kill -9`
    const goals = { klog: RECOVERY_GOAL }
    return [rowOf({ what, unit, better: 'higher', goals, note: ms(full) }, { klog: [perSecond] })]
  } finally {
    await home.dispose()
  }
}

/** Until the first command is answered that asks for the partition's end. */
async function timedRestart(home: KlogHome): Promise<number> {
  await done(home, ['broker', 'kill'])
  return timed(async () => {
    await done(home, ['broker', 'start'])
    await done(home, ['get-offsets', '--topic', 'large'])
  })
}

async function idleness(): Promise<Row[]> {
  const home = await KlogHome.make()
  try {
    await done(home, ['broker', 'start'])
    const alone = await idleShare(home)
    const admins = Array.from({ length: CONNECTIONS }, () =>
      new Kafka({ brokers: [`127.0.0.1:${home.port}`], logLevel: logLevel.NOTHING }).admin(),
    )
    for (const admin of admins) await admin.connect()
    const with1000 = await idleShare(home)
    const bytes = residentBytes(pidOf(home)) ?? Number.NaN
    for (const admin of admins) await admin.disconnect()
    const share = (what: string, value: number): Row =>
      rowOf({ what, unit: percent, better: 'lower', goals: { klog: IDLE_CPU_GOAL } }, { klog: [value] })
    const memory = `memory with ${CONNECTIONS} idle connections`
    return [
      share('idle: share of a core', alone),
      share(`idle with ${CONNECTIONS} connections: share of a core`, with1000),
      rowOf({ what: memory, unit: megabytes, better: 'lower' }, { klog: [bytes] }),
    ]
  } finally {
    await home.dispose()
  }
}

async function idleShare(home: KlogHome): Promise<number> {
  const pid = pidOf(home)
  const before = cpuSeconds(pid)
  await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000))
  return (cpuSeconds(pid) - before) / IDLE_SECONDS
}

const pidOf = (home: KlogHome): number =>
  (JSON.parse(readFileSync(join(home.directory, 'broker.json'), 'utf8')) as { pid: number }).pid

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

async function done(home: KlogHome, args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await home.klog(args)
  if (exitCode !== 0) throw new Error(`klog ${args.join(' ')}: ${stderr}`)
}

function took(what: string, value: number, goal?: number): Row {
  const aim = goal === undefined ? {} : { goals: { klog: goal }, inTheWay: READY_WAY }
  return rowOf({ what, unit: ms, better: 'lower', ...aim }, { klog: [value] })
}
