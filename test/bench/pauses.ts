import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildBatch } from '../../src/records/builder.js'
import { KlogHome } from '../support/klog-home.js'
import { produceRequestOf, produceRequests } from './load.js'
import { pacedLatencies } from './paced.js'
import { type Row, rowOf } from './row.js'
import { ms } from './units.js'

const KEYS = 500_000
const PER_BATCH = 1000
const REQUESTS_PER_SECOND = 1000
const PAUSE_MS_GOAL = 20
const SETTLE_MS = 2500
const IDLE_MS = 3000

interface Delays {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly maxMs: number
}

interface Work {
  readonly what: string
  /** What the broker does in the background, told so by commands; clients produce all the while. */
  readonly commands: readonly (readonly string[])[]
  readonly topic: readonly string[]
  /** Whether clients also write the topic a second time meanwhile. */
  readonly isWritten?: boolean
  /** Whether the broker finds the topic without its indexes. */
  readonly isWithoutIndexes?: boolean
  readonly inTheWay?: string
}

const WORKS: readonly Work[] = [
  { what: 'nothing but 1,000 requests a second', commands: [], topic: [] },
  {
    what: 'compaction',
    commands: [['broker', 'tick', 'compaction', '--topic', 'worked']],
    topic: ['cleanup.policy=compact', 'min.cleanable.dirty.ratio=0.01', 'segment.bytes=10485760'],
  },
  {
    what: 'retention of many segments',
    commands: [['broker', 'tick', 'retention', '--topic', 'worked']],
    topic: ['segment.bytes=1048576', 'retention.bytes=1048576'],
  },
  { what: 'rolling a segment for each MB', commands: [], topic: ['segment.bytes=1048576'], isWritten: true },
  {
    what: 'building the indexes of 100 MB again',
    commands: [
      ['console-consumer', '--topic', 'worked', '--partition', '0', '--offset', '1000', '--max-messages', '1'],
    ],
    topic: ['segment.bytes=104857600'],
    isWithoutIndexes: true,
    inTheWay: 'the indexes of a segment are built again in one walk over it, when it is first read',
  },
  { what: 'a snapshot', commands: [['snap', 'save', 'once']], topic: ['segment.bytes=1048576'] },
]

/** How long the broker's event loop stands still under what it does in the background. */
export async function pauses(): Promise<Row[]> {
  const rows: Row[] = []
  for (const work of WORKS) rows.push(pauseRow(work, await delaysUnder(work)))
  return rows
}

async function delaysUnder({ commands, topic, isWritten, isWithoutIndexes }: Work): Promise<Delays> {
  const home = await KlogHome.make({ 'log.retention.check.interval.ms': '3600000' })
  const file = join(home.directory, 'delays.json')
  const probe = join(import.meta.dirname, 'event-loop-probe.cjs')
  const env = { ...home.env, NODE_OPTIONS: `--require ${probe}`, KLOG_BENCH_DELAYS: file }
  const done = async (args: readonly string[]): Promise<void> => {
    const { exitCode, stderr } = await home.klog(args, { env })
    if (exitCode !== 0) throw new Error(`klog ${args.join(' ')}: ${stderr}`)
  }
  try {
    await done(['broker', 'start'])
    await done(['topics', '--create', '--topic', 'worked', ...topic.flatMap((each) => ['--config', each])])
    await done(['topics', '--create', '--topic', 'paced'])
    await produceRequests(home.port, keyRequests())
    if (isWithoutIndexes) {
      await done(['broker', 'stop'])
      removeIndexes(join(home.directory, 'data', 'worked-0'))
      await done(['broker', 'start'])
    }
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    const work = (async () => {
      if (isWritten) await produceRequests(home.port, keyRequests())
      for (const command of commands) await done(command)
      await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
    })()
    await pacedLatencies(home.port, produceRequestOf('paced', batchOf(1, 0), 1), REQUESTS_PER_SECOND, work)
    await done(['broker', 'stop'])
    return JSON.parse(readFileSync(file, 'utf8')) as Delays
  } finally {
    await home.dispose()
  }
}

function removeIndexes(directory: string): void {
  for (const name of readdirSync(directory)) if (/\.(time)?index$/.test(name)) rmSync(join(directory, name))
}

function pauseRow({ what, inTheWay }: Work, { p50Ms, p99Ms, p999Ms, maxMs }: Delays): Row {
  const note = `p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}, p99.9 ${ms(p999Ms)}`
  return rowOf(
    {
      ...{ what: `event loop, longest pause under ${what}`, unit: ms, better: 'lower' },
      ...{ goals: { klog: PAUSE_MS_GOAL }, note, ...(inTheWay !== undefined && { inTheWay }) },
    },
    { klog: [maxMs] },
  )
}

/** Each key twice. */
function* keyRequests(): Iterable<Buffer> {
  for (let first = 0; first < 2 * KEYS; first += PER_BATCH)
    yield produceRequestOf('worked', batchOf(PER_BATCH, first % KEYS), 1)
}

function batchOf(count: number, first: number): Buffer {
  const timestamp = Date.now()
  const value = Buffer.alloc(100, 'klog')
  return buildBatch({
    records: Array.from({ length: count }, (_, i) => ({ timestamp, key: Buffer.from(`key-${first + i}`), value })),
  })
}
