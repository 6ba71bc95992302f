import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apacheBroker, createTopic, klogBroker, type MeasuredBroker } from './brokers.js'
import { comparedRow, type Values } from './compared-row.js'
import { floorBroker } from './floor.js'
import { batchOf, fetchFrame, produceErrorAt, produceFrame } from './frames.js'
import { type Measured, NativePrograms } from './native.js'
import type { Row } from './table.js'

const HOST = '127.0.0.1'
const RECORD = { recordBytes: 100, recordsPerBatch: 1 }
const CONNECTIONS = 4
const SHARES = [
  { key: 'p50Us', what: 'p50' },
  { key: 'p99Us', what: 'p99' },
  { key: 'p999Us', what: 'p99.9' },
] as const

interface Pace {
  readonly what: string
  readonly perSecond: number
  readonly seconds: number
  /** To the acknowledgement, or to a consumer that waits at the end of the log. */
  readonly until: 'acknowledged' | 'consumed'
  readonly isAimed: boolean
}

const PACES: readonly Pace[] = [
  { what: '100 requests a second', perSecond: 100, seconds: 5, until: 'acknowledged', isAimed: false },
  { what: '5,000 requests a second', perSecond: 5000, seconds: 5, until: 'acknowledged', isAimed: true },
  { what: '20,000 requests a second', perSecond: 20_000, seconds: 3, until: 'acknowledged', isAimed: false },
  {
    what: '1,000 records a second, to a waiting consumer',
    perSecond: 1000,
    seconds: 5,
    until: 'consumed',
    isAimed: true,
  },
]

/** How long one record takes at a given pace, counted from when it was due. */
export async function latency(rounds: number): Promise<Row[]> {
  const programs = NativePrograms.compiled()
  if (programs === null) return []
  const brokers = [await klogBroker(), await apacheBroker()]
  const directory = mkdtempSync(join(tmpdir(), 'klog-frames-'))
  const rows: Row[] = []
  for (const pace of PACES) rows.push(...(await measured(pace, { programs, brokers, directory, rounds })))
  rmSync(directory, { recursive: true })
  for (const broker of brokers) await broker?.stop()
  return rows
}

interface Bench {
  readonly programs: NativePrograms
  readonly brokers: readonly (MeasuredBroker | null)[]
  readonly directory: string
  readonly rounds: number
}

async function measured(pace: Pace, bench: Bench): Promise<Row[]> {
  const seen: Record<keyof Values, Measured[]> = { klog: [], apache: [], floor: [] }
  const [klog, apache] = bench.brokers
  for (let round = 0; round <= bench.rounds; round++) {
    const topic = `${pace.until}-${pace.perSecond}-${round}`
    const batches = { batchBytes: batchOf(RECORD).length, recordsPerBatch: 1 }
    const floor = await floorBroker(bench.programs, topic, batches)
    for (const [side, broker] of [
      ['klog', klog],
      ['apache', apache],
      ['floor', floor],
    ] as const) {
      if (broker === null || broker === undefined) continue
      if (side !== 'floor') await createTopic(broker, topic)
      const result = await paced(pace, bench, broker.port, topic)
      if (round > 0) seen[side].push(result)
    }
    await floor.stop()
  }
  return SHARES.map(({ key, what }) => {
    const values = { klog: seen.klog, apache: seen.apache, floor: seen.floor }
    const of = (side: keyof Values): number[] => values[side].map((each) => each[key]!)
    const goals = pace.isAimed ? { apache: 1 } : {}
    const figures = { klog: of('klog'), apache: of('apache'), floor: of('floor') }
    return comparedRow({ what: `${what} at ${pace.what}`, unit: us, better: 'lower', goals }, figures)
  })
}

async function paced(pace: Pace, bench: Bench, port: number, topic: string): Promise<Measured> {
  const records = batchOf(RECORD)
  const produce = join(bench.directory, 'produce')
  writeFileSync(produce, produceFrame(topic, records, 1))
  const count = pace.perSecond * pace.seconds
  if (pace.until === 'acknowledged') {
    const args = [HOST, port, produce, count, CONNECTIONS, 0, pace.perSecond, produceErrorAt(topic)]
    return bench.programs.measured('load', ['produce', ...args])
  }
  const { frame, offsetAt, headBytes } = fetchFrame(topic)
  const fetch = join(bench.directory, 'fetch')
  writeFileSync(fetch, frame)
  const where = [offsetAt, headBytes, records.length, RECORD.recordsPerBatch, 0]
  const args = [HOST, port, produce, count, pace.perSecond, produceErrorAt(topic), fetch, ...where]
  return bench.programs.measured('load', ['tail', ...args])
}

const us = (value: number): string => (value < 10_000 ? `${value.toFixed(0)} µs` : `${(value / 1000).toFixed(1)} ms`)
