import { batchOf, numberedBatches, textBatch } from './batches.js'
import { type Brokers, besideApache, createTopic, deleteTopic } from './brokers.js'
import { floorBroker } from './floor.js'
import { produceFrame } from './frames.js'
import { NativePrograms } from './native.js'
import { costsOf, cpuOf, paired, valuesOf } from './paired.js'
import { RawLoad } from './raw-load.js'
import { REQUEST_LOADS, type RequestLoad } from './request-loads.js'
import { type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'
import { mbPerSecond, thousands } from './units.js'

/** Prebuilt requests from a program in C, to klog, to Apache Kafka and to the least that a broker can do. */
export async function requests(scope: Scope): Promise<Row[]> {
  const programs = NativePrograms.compiled()
  if (programs === null) return []
  const raw = new RawLoad(programs)
  const rows: Row[] = []
  await besideApache(scope, async (brokers) => {
    for (const [number, load] of REQUEST_LOADS.entries())
      rows.push(...(await measured(load, number, raw, brokers, scope)))
  })
  raw.dispose()
  return rows
}

async function measured(
  load: RequestLoad,
  number: number,
  raw: RawLoad,
  brokers: Brokers,
  scope: Scope,
): Promise<Row[]> {
  // Names of one length: the floor's answers are made for one of them.
  const topicIn = (round: number): string => `r${String(number).padStart(2, '0')}-${round}`
  const plainBytes = batchOf(load).length
  const batchBytes = load.codec === undefined ? plainBytes : textBatch(load, load.codec).length
  const floor = () => floorBroker(raw.programs, topicIn(0), { batchBytes, recordsPerBatch: load.recordsPerBatch })
  const { produce } = await paired(
    { ...brokers, floor },
    scope.rounds,
    {
      produce: async (broker, round) => {
        const topic = topicIn(round)
        if (broker.name !== 'floor') await createTopic(broker, topic, { partitions: load.partitions ?? 1 })
        const frames = framesOf(load, topic, round)
        const { seconds } = await raw.produce(broker.port, { ...load, topic, frames })
        return (load.isCounted ? load.requests : load.requests * plainBytes) / seconds
      },
    },
    (broker, round) => deleteTopic(broker, topicIn(round)),
  )
  const units = load.isCounted ? load.requests / 1e6 : (load.requests * plainBytes) / 1e9
  const word = load.isCounted ? 'million' : 'GB'
  const unit = load.isCounted ? thousands : mbPerSecond
  const costs = costsOf(produce, units, word)
  const rows = [rowOf({ ...load, what: `produce: ${load.what}`, unit, better: 'higher', costs }, valuesOf(produce))]
  if (load.cpuGoal === undefined) return rows
  const goals = {
    apache: load.cpuGoal,
    ...(load.cpuSecondsGoal !== undefined && { klog: load.cpuSecondsGoal }),
  }
  const cpuUnit = (seconds: number): string => `${seconds.toFixed(2)} s/${word}`
  const what = `produce: ${load.what}: the broker's processor time`
  return [
    ...rows,
    rowOf(
      { what, unit: cpuUnit, better: 'lower', goals, ...(load.inTheWay !== undefined && { inTheWay: load.inTheWay }) },
      cpuOf(produce, units),
    ),
  ]
}

function framesOf(load: RequestLoad, topic: string, round: number): Buffer[] {
  const { acks, partitions = 1 } = load
  if (load.isIdempotent)
    return numberedBatches(load, load.requests, { producerId: BigInt(9_000_000 + round) }).map((records) =>
      produceFrame(topic, records, { acks }),
    )
  const records = load.codec === undefined ? batchOf(load) : textBatch(load, load.codec)
  return Array.from({ length: partitions }, (_, partition) => produceFrame(topic, records, { acks, partition }))
}
