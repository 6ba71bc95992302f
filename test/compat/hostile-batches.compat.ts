import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { ApacheProcess } from './apache-process.js'
import { DaemonProcess } from './daemon-process.js'
import { BATCH_DIFFERENCES, verdictOf } from './hostile/batch-differences.js'
import { lyingBatches } from './hostile/lying-batches.js'
import { type Produced, producedBy } from './hostile/produced.js'

const SEED = Number(process.env.KLOG_HOSTILE_SEED ?? 1)
const BATCHES = Number(process.env.KLOG_HOSTILE_BATCHES ?? 3000)
/** Nothing is deleted meanwhile, and the coordinator of all transactions is there soon. */
const SETTINGS = { 'log.retention.ms': '-1', 'transaction.state.log.num.partitions': '1' }

let directory: string
let klog: DaemonProcess
let kafka: ApacheProcess

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'klog-hostile-'))
  klog = await DaemonProcess.start(directory, SETTINGS)
  kafka = await ApacheProcess.start(directory, SETTINGS)
})
afterAll(async () => {
  await Promise.all([klog?.end('SIGKILL'), kafka?.end('SIGKILL')])
  rmSync(directory, { recursive: true, force: true })
})

test(`klog answers batches that lie as Apache Kafka does, and keeps the same of them (KLOG_HOSTILE_SEED=${SEED})`, async () => {
  const batches = lyingBatches(SEED, BATCHES, systemClock.now())
  const [theirs, ours] = await Promise.all([producedBy(portOf(kafka), batches), producedBy(portOf(klog), batches)])
  const differing = batches.flatMap(({ name, records }, at) => {
    const seen = { kafka: theirs[at]!, klog: ours[at]! }
    if (isAlike(seen.kafka, seen.klog)) return []
    return [{ name, ...seen, hex: records?.toString('hex'), reason: reasonOf(name, seen.kafka, seen.klog) }]
  })
  expect(differing.filter(({ reason }) => reason === undefined)).toEqual([])
  // Most of them are looked at to the end, and all kinds of answers are there.
  expect(new Set(theirs.map(verdictOf)).size).toBeGreaterThan(10)
  expect(theirs.filter((produced) => verdictOf(produced) === 'NONE').length).toBeGreaterThan(BATCHES / 5)
})

function isAlike(one: Produced, other: Produced): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function reasonOf(name: string, theirs: Produced, ours: Produced): string | undefined {
  return BATCH_DIFFERENCES.find(
    (known) => known.name.test(name) && known.kafka.test(verdictOf(theirs)) && known.klog.test(verdictOf(ours)),
  )?.reason
}

function portOf({ bootstrap }: { bootstrap: string }): number {
  return Number(bootstrap.split(':')[1])
}
