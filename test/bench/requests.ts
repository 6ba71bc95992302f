import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apacheBroker, createTopic, deleteTopic, klogBroker, type MeasuredBroker } from './brokers.js'
import { comparedRow, cpuOf, valuesOf } from './compared-row.js'
import { floorBroker } from './floor.js'
import { batchOf, fetchFrame, produceErrorAt, produceFrame, type Shape } from './frames.js'
import { NativePrograms } from './native.js'
import { type Paired, paired } from './paired.js'
import { mbPerSecond, type Row } from './table.js'

const HOST = '127.0.0.1'

interface Load extends Shape {
  readonly what: string
  /** As in Produce: 1 or -1. */
  readonly acks: number
  readonly connections: number
  /** Requests that may be on their way for each connection. */
  readonly window: number
  readonly requests: number
  /** Its rate is that of its requests, not of its bytes. */
  readonly isCounted?: boolean
  readonly goals: { readonly apache?: number; readonly floor?: number }
  /** Of the broker's processor time. */
  readonly cpuGoal?: number
  readonly consumeGoals?: { readonly apache?: number; readonly floor?: number }
}

const MB_16_KB = { recordBytes: 1000, recordsPerBatch: 16, requests: 16_000 }

const LOADS: readonly Load[] = [
  {
    what: '1 KB records, 1 MB requests',
    ...{ recordBytes: 1000, recordsPerBatch: 1000, requests: 256, acks: 1, connections: 1, window: 8 },
    ...{ goals: { apache: 1, floor: 0.85 }, cpuGoal: 1, consumeGoals: { apache: 1, floor: 1 } },
  },
  {
    what: '1 KB records, 16 KB requests',
    ...{ ...MB_16_KB, acks: 1, connections: 1, window: 8 },
    ...{ goals: { apache: 1.5, floor: 0.7 }, cpuGoal: 0.4, consumeGoals: { apache: 1, floor: 1 } },
  },
  {
    what: '1 KB records, 16 KB requests, acks=all, 50 connections',
    ...{ ...MB_16_KB, acks: -1, connections: 50, window: 1, goals: { apache: 1.5, floor: 0.7 } },
  },
  {
    what: '100 B records, 100 KB requests',
    ...{
      recordBytes: 100,
      recordsPerBatch: 900,
      requests: 2500,
      acks: 1,
      connections: 1,
      window: 8,
      goals: { apache: 1 },
    },
  },
  {
    what: 'one 100 B record a request',
    ...{ recordBytes: 100, recordsPerBatch: 1, requests: 300_000, acks: 1, connections: 1, window: 64 },
    ...{ isCounted: true, goals: { apache: 3, floor: 1 }, cpuGoal: 0.2 },
  },
]

/** Prebuilt requests from a program in C, to klog, to Apache Kafka and to the least that a broker can do. */
export async function requests(rounds: number): Promise<Row[]> {
  const programs = NativePrograms.compiled()
  if (programs === null) return []
  const [klog, apache] = [await klogBroker(), await apacheBroker()]
  const directory = mkdtempSync(join(tmpdir(), 'klog-frames-'))
  const rows: Row[] = []
  for (const load of LOADS) rows.push(...(await measured(load, { programs, klog, apache, directory, rounds })))
  rmSync(directory, { recursive: true })
  await klog.stop()
  await apache?.stop()
  return rows
}

interface Bench {
  readonly programs: NativePrograms
  readonly klog: MeasuredBroker
  readonly apache: MeasuredBroker | null
  readonly directory: string
  readonly rounds: number
}

async function measured(load: Load, bench: Bench): Promise<Row[]> {
  const records = batchOf(load)
  const batches = { batchBytes: records.length, recordsPerBatch: load.recordsPerBatch }
  // Names of one length: the floor's answers are made for one of them.
  const topicIn = (round: number): string => `r${load.recordBytes}-${load.recordsPerBatch}-${load.connections}-${round}`
  const { produce, consume } = await paired(
    { ...bench, floor: () => floorBroker(bench.programs, topicIn(0), batches) },
    bench.rounds,
    {
      produce: async (broker, round) => {
        if (broker.name !== 'floor') await createTopic(broker, topicIn(round))
        return produceRate(load, bench, broker.port, topicIn(round), records)
      },
      consume: (broker, round) => consumeRate(load, bench, broker.port, topicIn(round), records.length),
    },
    (broker, round) => deleteTopic(broker, topicIn(round)),
  )
  return [
    comparedRow(
      { what: `produce: ${load.what}`, unit: rateUnit(load), better: 'higher', goals: load.goals },
      valuesOf(produce),
    ),
    cpuRow(load, produce, records.length),
    ...(load.consumeGoals === undefined ? [] : [consumeRow(load, consume)]),
  ]
}

async function produceRate(load: Load, bench: Bench, port: number, topic: string, records: Buffer): Promise<number> {
  const file = join(bench.directory, 'produce')
  writeFileSync(file, produceFrame(topic, records, load.acks))
  const args = [HOST, port, file, load.requests, load.connections, load.window, 0, produceErrorAt(topic)]
  const { seconds } = await bench.programs.measured('load', ['produce', ...args])
  return (load.isCounted ? load.requests : load.requests * records.length) / seconds
}

/** Bytes of batches per second. */
async function consumeRate(load: Load, bench: Bench, port: number, topic: string, batchBytes: number): Promise<number> {
  const { frame, offsetAt, headBytes } = fetchFrame(topic)
  const file = join(bench.directory, 'fetch')
  writeFileSync(file, frame)
  const end = load.requests * load.recordsPerBatch
  const args = [HOST, port, file, offsetAt, headBytes, batchBytes, load.recordsPerBatch, end, 1]
  const { seconds, bytes } = await bench.programs.measured('load', ['consume', ...args])
  return bytes / seconds
}

function cpuRow(load: Load, produce: Paired, batchBytes: number): Row {
  const units = load.isCounted ? load.requests / 1e6 : (load.requests * batchBytes) / 1e9
  const unit = (seconds: number): string => `${seconds.toFixed(2)} s/${load.isCounted ? 'million' : 'GB'}`
  const goals = load.cpuGoal === undefined ? {} : { apache: load.cpuGoal }
  return comparedRow({ what: "… and the broker's processor time", unit, better: 'lower', goals }, cpuOf(produce, units))
}

function consumeRow(load: Load, consume: Paired): Row {
  const unit = (rate: number): string => mbPerSecond(rate / 1e6)
  const goals = load.consumeGoals!
  return comparedRow({ what: `consume: ${load.what}`, unit, better: 'higher', goals }, valuesOf(consume))
}

const rateUnit = (load: Load) => (rate: number) =>
  load.isCounted ? `${(rate / 1000).toFixed(0)} k/s` : mbPerSecond(rate / 1e6)
