import { residentBytes } from '../../src/cli/local/process.js'
import { apacheBroker, createTopic, klogBroker, type MeasuredBroker } from './brokers.js'
import { consumeRate, produceRate } from './load.js'
import { megabytes, type Row } from './table.js'

const IDLE_BYTES_GOAL = 90e6
const LOAD = { host: '127.0.0.1', recordBytes: 1000, recordsPerBatch: 1000, batches: 500, acks: 1 } as const

/** Resident memory of a broker that serves nobody yet, and of one that has just moved half a gigabyte both ways. */
export async function memory(): Promise<Row[]> {
  const ours = await measured(await klogBroker())
  const apache = await apacheBroker()
  const theirs = apache === null ? null : await measured(apache)
  return (['idle', 'loaded'] as const).map((when) => ({
    what: `memory of the ${when} broker`,
    klog: megabytes(ours[when]),
    against: theirs === null ? 'no Apache Kafka here' : megabytes(theirs[when]),
    ratio: theirs === null ? '' : (ours[when] / theirs[when]).toFixed(2),
    goal: when === 'idle' ? `≤ ${megabytes(IDLE_BYTES_GOAL)}` : '',
    met: when === 'idle' ? ours.idle <= IDLE_BYTES_GOAL : null,
  }))
}

async function measured(broker: MeasuredBroker): Promise<{ idle: number; loaded: number }> {
  const idle = residentBytes(broker.pid) ?? Number.NaN
  const load = { ...LOAD, port: broker.port, topic: 'memory' }
  await createTopic(broker, load.topic)
  await produceRate(load)
  await consumeRate(load)
  const loaded = residentBytes(broker.pid) ?? Number.NaN
  await broker.stop()
  return { idle, loaded }
}
