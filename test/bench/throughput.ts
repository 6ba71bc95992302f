import { apacheBroker, createTopic, deleteTopic, klogBroker, type MeasuredBroker } from './brokers.js'
import { consumeRate, type Load, produceRate } from './load.js'
import { mbPerSecond, median, type Row } from './table.js'

const ROUNDS = 5
const MB_PER_ROUND = 256

interface Shape {
  readonly what: string
  readonly recordBytes: number
  readonly recordsPerBatch: number
}

const SHAPES: readonly Shape[] = [
  { what: '1 KB records, batches of 1 MB', recordBytes: 1000, recordsPerBatch: 1000 },
  { what: '1 KB records, batches of 16 KB', recordBytes: 1000, recordsPerBatch: 16 },
]

/** Prebuilt batches to klog and to Apache Kafka in turn, and read back, on the same machine in the same run. */
export async function throughput(): Promise<Row[]> {
  const ours = await klogBroker()
  const theirs = await apacheBroker()
  const rows: Row[] = []
  for (const shape of SHAPES) rows.push(...(await compared(shape, ours, theirs)))
  await ours.stop()
  await theirs?.stop()
  return rows
}

async function compared(shape: Shape, ours: MeasuredBroker, theirs: MeasuredBroker | null): Promise<Row[]> {
  const produced: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] }
  const consumed: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] }
  // The first round warms both up and is not counted.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [side, broker] of [
      ['ours', ours],
      ['theirs', theirs],
    ] as const) {
      if (broker === null) continue
      const load = await prepared(shape, broker, `${shape.recordsPerBatch}-${round}`)
      const [wrote, read] = [await produceRate(load), await consumeRate(load)]
      if (round > 0) {
        produced[side].push(wrote)
        consumed[side].push(read)
      }
      await deleteTopic(broker, load.topic)
    }
  }
  return [row(`produce, acks=1: ${shape.what}`, produced), row(`consume: ${shape.what}`, consumed)]
}

async function prepared(shape: Shape, broker: MeasuredBroker, topic: string): Promise<Load> {
  await createTopic(broker, topic)
  const batches = Math.floor((MB_PER_ROUND * 1e6) / (shape.recordBytes * shape.recordsPerBatch))
  return { ...shape, host: '127.0.0.1', port: broker.port, topic, batches, acks: 1 }
}

function row(what: string, rates: { ours: readonly number[]; theirs: readonly number[] }): Row {
  const klog = median(rates.ours) / 1e6
  if (rates.theirs.length === 0) {
    return { what, klog: mbPerSecond(klog), against: 'no Apache Kafka here', ratio: '', goal: '≥ 1', met: null }
  }
  const ratio = median(rates.ours.map((rate, round) => rate / rates.theirs[round]!))
  const against = mbPerSecond(median(rates.theirs) / 1e6)
  return { what, klog: mbPerSecond(klog), against, ratio: ratio.toFixed(2), goal: '≥ 1', met: ratio >= 1 }
}
