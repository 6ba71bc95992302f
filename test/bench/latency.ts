import { batchOf } from './batches.js'
import { type Brokers, besideApache, createTopic } from './brokers.js'
import { floorBroker } from './floor.js'
import { produceFrame } from './frames.js'
import { type Measured, NativePrograms } from './native.js'
import { RawLoad } from './raw-load.js'
import { type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'
import { us } from './units.js'

const RECORD = { recordBytes: 100, recordsPerBatch: 1 }
const CONNECTIONS = 4
const WARM_UP_SECONDS = 1
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
export async function latency(scope: Scope): Promise<Row[]> {
  const programs = NativePrograms.compiled()
  if (programs === null) return []
  const raw = new RawLoad(programs)
  const rows: Row[] = []
  await besideApache(scope, async (brokers) => {
    for (const pace of PACES) rows.push(...(await measured(pace, raw, brokers, scope)))
  })
  raw.dispose()
  return rows
}

async function measured(pace: Pace, raw: RawLoad, { klog, apache }: Brokers, { rounds }: Scope): Promise<Row[]> {
  const seen: Record<'klog' | 'apache' | 'floor', Measured[]> = { klog: [], apache: [], floor: [] }
  for (let round = 0; round <= rounds; round++) {
    const topic = `${pace.until}-${pace.perSecond}-${round}`
    const floor = await floorBroker(raw.programs, topic, { batchBytes: batchOf(RECORD).length, recordsPerBatch: 1 })
    for (const [side, broker] of Object.entries({ klog, apache, floor })) {
      if (broker === null) continue
      if (side !== 'floor') await createTopic(broker, topic)
      const seconds = round === 0 ? WARM_UP_SECONDS : pace.seconds
      const result = await paced({ ...pace, seconds }, raw, broker.port, topic)
      if (round > 0) seen[side as keyof typeof seen].push(result)
    }
    await floor.stop()
  }
  return SHARES.map(({ key, what }) => {
    const of = (side: keyof typeof seen): number[] => seen[side].map((each) => each[key]!)
    const goals = pace.isAimed ? { apache: 1 } : {}
    const figures = { klog: of('klog'), apache: of('apache'), floor: of('floor') }
    return rowOf({ what: `${what} at ${pace.what}`, unit: us, better: 'lower', goals }, figures)
  })
}

async function paced(pace: Pace, raw: RawLoad, port: number, topic: string): Promise<Measured> {
  const records = batchOf(RECORD)
  const frame = produceFrame(topic, records)
  const { perSecond } = pace
  const count = perSecond * pace.seconds
  return pace.until === 'acknowledged'
    ? raw.pace(port, topic, frame, { count, perSecond, connections: CONNECTIONS })
    : raw.tail(port, topic, frame, { count, perSecond, batchBytes: records.length })
}
