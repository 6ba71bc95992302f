import { residentBytes } from '../../src/cli/local/process.js'
import { batchOf } from './batches.js'
import { apacheBroker, createTopic, klogBroker, type MeasuredBroker } from './brokers.js'
import { produceFrame } from './frames.js'
import { consumeRate, produceRate } from './load.js'
import { NativePrograms } from './native.js'
import { RawLoad } from './raw-load.js'
import { type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'
import { megabytes } from './units.js'

const LOAD = { host: '127.0.0.1', recordBytes: 1000, recordsPerBatch: 1000, batches: 500, acks: 1 } as const
const CONNECTIONS = 50
const CROWD = { recordBytes: 1000, recordsPerBatch: 16, requests: 16_000 }

const MOMENTS = [
  { key: 'idle', what: 'that serves nobody yet', goal: 90e6 },
  { key: 'loaded', what: 'after half a gigabyte both ways for one client', goal: 110e6 },
  { key: 'crowded', what: `after 16 KB requests from ${CONNECTIONS} connections`, goal: 150e6 },
] as const
type Figures = Readonly<Record<(typeof MOMENTS)[number]['key'], number>>

/** Resident memory of a broker, each in a process that has done nothing before. */
export async function memory(scope: Scope): Promise<Row[]> {
  const programs = NativePrograms.compiled()
  const raw = programs === null ? null : new RawLoad(programs)
  const ours = await measured(await klogBroker(), raw)
  const apache = await apacheBroker(scope)
  const theirs = apache === null ? null : await measured(apache, raw)
  raw?.dispose()
  return MOMENTS.filter(({ key }) => !Number.isNaN(ours[key])).map(({ key, what, goal }) =>
    rowOf(
      { what: `memory of a broker ${what}`, unit: megabytes, better: 'lower', goals: { klog: goal, apache: 1 } },
      { klog: [ours[key]], apache: theirs === null ? [] : [theirs[key]] },
    ),
  )
}

/** Not a number where there is no program to make the load. */
async function measured(broker: MeasuredBroker, raw: RawLoad | null): Promise<Figures> {
  const resident = (): number => residentBytes(broker.pid) ?? Number.NaN
  const idle = resident()
  const load = { ...LOAD, port: broker.port, topic: 'memory' }
  await createTopic(broker, load.topic)
  await produceRate(load)
  await consumeRate(load)
  const loaded = resident()
  await createTopic(broker, 'crowd')
  const frames = [produceFrame('crowd', batchOf(CROWD), { acks: -1 })]
  const { requests } = CROWD
  await raw?.produce(broker.port, { topic: 'crowd', frames, requests, connections: CONNECTIONS, window: 1 })
  const crowded = raw === null ? Number.NaN : resident()
  await broker.stop()
  return { idle, loaded, crowded }
}
