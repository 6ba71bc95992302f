import { type Brokers, besideApache, createTopic, deleteTopic, type MeasuredBroker } from './brokers.js'
import { floorBroker } from './floor.js'
import { NativePrograms } from './native.js'
import { costsOf, cpuOf, type Paired, paired, valuesOf } from './paired.js'
import { type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'
import { mbPerSecond } from './units.js'

interface Goals {
  readonly apache?: number
  readonly floor?: number
}

interface Load {
  readonly what: string
  readonly recordBytes: number
  readonly records: number
  readonly settings: readonly string[]
  readonly goals: Goals
  readonly cpuGoal?: number
  /** The floor's answers know no producer ids. */
  readonly hasFloor: boolean
}

const KB = { recordBytes: 1000, records: 300_000 }
const codec = (name: string): Load => ({
  ...{
    what: `${name}, 1 KB records`,
    ...KB,
    settings: [`compression.type=${name}`],
    goals: { apache: 1 },
    hasFloor: false,
  },
})

const LOADS: readonly Load[] = [
  {
    what: '1 KB records, default settings',
    ...{ ...KB, settings: ['acks=1'], goals: { apache: 1.3, floor: 0.9 }, cpuGoal: 0.6, hasFloor: true },
  },
  {
    what: '100 B records, default settings',
    recordBytes: 100,
    records: 1_500_000,
    settings: ['acks=1'],
    goals: { apache: 1 },
    hasFloor: true,
  },
  { what: '1 KB records, acks=0', ...KB, settings: ['acks=0'], goals: { apache: 1 }, hasFloor: false },
  {
    what: '1 KB records, idempotent',
    ...KB,
    settings: ['enable.idempotence=true'],
    goals: { apache: 1 },
    hasFloor: false,
  },
  ...['gzip', 'snappy', 'lz4', 'zstd'].map(codec),
]

const PRODUCE_WAY =
  'as with requests of 1 MB most of the broker’s time is the write to the page cache; what is compressed is unpacked to be checked, besides'
const CONSUME_WAY = 'the client is the slower one: the broker works a tenth of the time'

/** Produce and consume through librdkafka, as most languages' clients do. */
export async function librdkafka(scope: Scope): Promise<Row[]> {
  const programs = NativePrograms.compiled()
  if (programs === null || !programs.hasLibrdkafka()) return []
  return besideApache(scope, async (brokers) => {
    const rows: Row[] = []
    for (const [number, load] of LOADS.entries()) rows.push(...(await measured(load, number, programs, brokers, scope)))
    return rows
  })
}

async function measured(
  load: Load,
  number: number,
  programs: NativePrograms,
  brokers: Brokers,
  { rounds }: Scope,
): Promise<Row[]> {
  const topicIn = (round: number): string => `rdk-${number}-${round}`
  const floor = load.hasFloor ? () => floorBroker(programs, topicIn(0), { batchBytes: 0, recordsPerBatch: 1 }) : null
  const rate = async (verb: string, { port }: MeasuredBroker, topic: string, ...more: (string | number)[]) => {
    const args = [verb, `127.0.0.1:${port}`, topic, load.records, ...more]
    const { seconds, bytes } = await programs.measured('rdkafka', args)
    return bytes / seconds
  }
  const { produce, consume } = await paired(
    { ...brokers, floor },
    rounds,
    {
      produce: async (broker, round) => {
        // The floor serves the one topic that its answers were made for.
        const topic = topicIn(broker.name === 'floor' ? 0 : round)
        if (broker.name !== 'floor') await createTopic(broker, topic)
        return rate('produce', broker, topic, load.recordBytes, ...load.settings)
      },
      consume: async (broker, round) => (broker.name === 'floor' ? null : rate('consume', broker, topicIn(round))),
    },
    (broker, round) => deleteTopic(broker, topicIn(round)),
  )
  const gigabytes = (load.records * load.recordBytes) / 1e9
  const row = (verb: string, figures: Paired, inTheWay: string, goals: Goals = {}): Row => {
    const costs = costsOf(figures, gigabytes, 'GB')
    const what = `librdkafka ${verb}: ${load.what}`
    return rowOf({ what, unit: mbPerSecond, better: 'higher', goals, costs, inTheWay }, valuesOf(figures))
  }
  const rows = [row('produces', produce, PRODUCE_WAY, load.goals), row('consumes', consume, CONSUME_WAY, { apache: 1 })]
  if (load.cpuGoal === undefined) return rows
  const unit = (seconds: number): string => `${seconds.toFixed(2)} s/GB`
  const what = `librdkafka produces: ${load.what}: the broker's processor time`
  const goals = { apache: load.cpuGoal }
  return [...rows, rowOf({ what, unit, better: 'lower', goals }, cpuOf(produce, gigabytes))]
}
