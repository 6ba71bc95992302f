import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { residentBytes } from '../../src/cli/local/process.js'
import { buildBatch } from '../../src/records/builder.js'
import { KlogHome } from '../support/klog-home.js'
import { produceRequestOf, produceRequests } from './load.js'
import { pacedLatencies, percentile } from './paced.js'
import { type Row, rowOf } from './row.js'
import { mbPerSecond, megabytes, ms } from './units.js'

const KEYS = 5_000_000
/** So many keys are written a second time. */
const REPEATED = 1_000_000
const PER_BATCH = 1000
const REQUESTS_PER_SECOND = 5000
const IDLE_SECONDS = 10
const EXTRA_BYTES_GOAL = 100e6
const RATIO_GOAL = 3
const LOOK_MS = 20

const COMPACTED = ['cleanup.policy=compact', 'min.cleanable.dirty.ratio=1', 'segment.bytes=104857600'].flatMap(
  (each) => ['--config', each],
)

/** Compacts five million keys while records are produced to another topic: memory, and how long a producer waits. */
export async function compaction(): Promise<Row[]> {
  const home = await KlogHome.make({ 'log.retention.check.interval.ms': '3600000' })
  try {
    await done(home, ['broker', 'start'])
    await done(home, ['topics', '--create', '--topic', 'keys', ...COMPACTED])
    await done(home, ['topics', '--create', '--topic', 'paced'])
    await produceRequests(home.port, keyRequests('keys', KEYS, REPEATED))
    const rows = await measured(home)
    return [await undisturbed(home), ...rows]
  } finally {
    await home.dispose()
  }
}

async function measured(home: KlogHome): Promise<Row[]> {
  const { pid } = JSON.parse(readFileSync(join(home.directory, 'broker.json'), 'utf8')) as { pid: number }
  const request = produceRequestOf('paced', batchOf(1, 0), 1)
  const paced = (until: Promise<unknown>): Promise<number[]> =>
    pacedLatencies(home.port, request, REQUESTS_PER_SECOND, until)
  const idle = await paced(new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000)))
  const before = residentBytes(pid) ?? Number.NaN
  const compactedBytes = bytesOf(join(home.directory, 'data', 'keys-0'))
  const start = performance.now()
  const tick = done(home, ['broker', 'tick', 'compaction', '--topic', 'keys'])
  const [busy, peak] = await Promise.all([paced(tick), peakUntil(pid, tick)])
  const seconds = (performance.now() - start) / 1000
  const keys = `${KEYS / 1e6} million keys`
  const load = `${REQUESTS_PER_SECOND} produce requests a second`
  const [idleP99, busyP99] = [percentile(idle, 0.99), percentile(busy, 0.99)]
  const times = (value: number): string => `${value.toFixed(2)} times`
  return [
    rowOf(
      { what: `compaction of ${keys}, under ${load}`, unit: mbPerSecond, better: 'higher' },
      { klog: [compactedBytes / seconds] },
    ),
    rowOf(
      {
        ...{ what: `memory that compacting ${keys} takes`, unit: megabytes, better: 'lower' },
        ...{ goals: { klog: EXTRA_BYTES_GOAL }, note: `${megabytes(before)} before` },
        inTheWay: 'the table of keys and their offsets alone has 14 bytes for each key: 71 MB',
      },
      { klog: [peak - before] },
    ),
    rowOf(
      {
        ...{ what: `p99 of ${load} meanwhile, against the same with no compaction`, unit: times, better: 'lower' },
        ...{ goals: { klog: RATIO_GOAL }, note: `${ms(busyP99)} against ${ms(idleP99)}` },
      },
      { klog: [busyP99 / idleP99] },
    ),
    rowOf(
      {
        ...{ what: `the longest wait of ${load} meanwhile`, unit: ms, better: 'lower' },
        note: `${ms(idle.at(-1)!)} with no compaction`,
      },
      { klog: [busy.at(-1)!] },
    ),
  ]
}

/** A million keys, each written twice, with nothing else to do. */
async function undisturbed(home: KlogHome): Promise<Row> {
  await done(home, ['topics', '--create', '--topic', 'alone', ...COMPACTED])
  await produceRequests(home.port, keyRequests('alone', REPEATED, REPEATED))
  const bytes = bytesOf(join(home.directory, 'data', 'alone-0'))
  const start = performance.now()
  await done(home, ['broker', 'tick', 'compaction', '--topic', 'alone'])
  const seconds = (performance.now() - start) / 1000
  const what = `compaction of ${REPEATED / 1e6} million keys, each written twice`
  return rowOf({ what, unit: mbPerSecond, better: 'higher' }, { klog: [bytes / seconds] })
}

function bytesOf(directory: string): number {
  const logs = readdirSync(directory).filter((name) => name.endsWith('.log'))
  return logs.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
}

async function peakUntil(pid: number, end: Promise<unknown>): Promise<number> {
  let isOver = false
  end.finally(() => {
    isOver = true
  })
  let peak = 0
  while (!isOver) {
    peak = Math.max(peak, residentBytes(pid) ?? Number.NaN)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return peak
}

/** So many keys, and the first of them once more. */
function* keyRequests(topic: string, keys: number, repeated: number): Iterable<Buffer> {
  for (let first = 0; first < keys + repeated; first += PER_BATCH) {
    yield produceRequestOf(topic, batchOf(PER_BATCH, first % keys), 1)
  }
}

function batchOf(count: number, first: number): Buffer {
  const timestamp = Date.now()
  const value = Buffer.alloc(20, 'klog')
  const key = (number: number): Buffer => Buffer.from(`key-${String(number).padStart(12, '0')}`)
  return buildBatch({ records: Array.from({ length: count }, (_, i) => ({ timestamp, key: key(first + i), value })) })
}

async function done(home: KlogHome, args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await home.klog(args)
  if (exitCode !== 0) throw new Error(`klog ${args.join(' ')}: ${stderr}`)
}
