import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { residentBytes } from '../../src/cli/local/process.js'
import { buildBatch } from '../../src/records/builder.js'
import { KlogHome } from '../support/klog-home.js'
import { produceRequestOf, produceRequests } from './load.js'
import { pacedLatencies, percentile } from './paced.js'
import { megabytes, ms, type Row } from './table.js'

const KEYS = 5_000_000
/** So many keys are written a second time. */
const REPEATED = 1_000_000
const PER_BATCH = 1000
const REQUESTS_PER_SECOND = 5000
const IDLE_SECONDS = 10
const EXTRA_BYTES_GOAL = 100e6
const RATIO_GOAL = 3
const LOOK_MS = 20

/** Compacts five million keys while records are produced to another topic: memory, and how long a producer waits. */
export async function compaction(): Promise<Row[]> {
  const home = await KlogHome.make({ 'log.retention.check.interval.ms': '3600000' })
  try {
    await done(home, ['broker', 'start'])
    const compacted = ['cleanup.policy=compact', 'min.cleanable.dirty.ratio=1', 'segment.bytes=104857600']
    await done(home, ['topics', '--create', '--topic', 'keys', ...compacted.flatMap((each) => ['--config', each])])
    await done(home, ['topics', '--create', '--topic', 'paced'])
    await produceRequests(home.port, keyRequests())
    return await measured(home)
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
  const start = performance.now()
  const tick = done(home, ['broker', 'tick', 'compaction', '--topic', 'keys'])
  const [busy, peak] = await Promise.all([paced(tick), peakUntil(pid, tick)])
  const tookMs = performance.now() - start
  const [idleP99, busyP99] = [percentile(idle, 0.99), percentile(busy, 0.99)]
  return [
    {
      what: `memory that compacting ${KEYS / 1e6} million keys takes (${(tookMs / 1000).toFixed(1)} s)`,
      klog: megabytes(peak - before),
      against: `${megabytes(before)} before`,
      ratio: '',
      goal: `≤ ${megabytes(EXTRA_BYTES_GOAL)}`,
      met: peak - before <= EXTRA_BYTES_GOAL,
    },
    {
      what: `p99 of ${REQUESTS_PER_SECOND} produce requests a second meanwhile, against an idle broker`,
      klog: ms(busyP99),
      against: ms(idleP99),
      ratio: (busyP99 / idleP99).toFixed(2),
      goal: `≤ ${RATIO_GOAL}`,
      met: busyP99 / idleP99 <= RATIO_GOAL,
    },
    {
      what: '… and the longest that one of them waited',
      ...{ klog: ms(busy.at(-1)!), against: ms(idle.at(-1)!), ratio: '', goal: '', met: null },
    },
  ]
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

function* keyRequests(): Iterable<Buffer> {
  for (let first = 0; first < KEYS + REPEATED; first += PER_BATCH) {
    yield produceRequestOf('keys', batchOf(PER_BATCH, first % KEYS), 1)
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
