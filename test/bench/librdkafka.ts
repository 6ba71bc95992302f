import { apacheBroker, createTopic, deleteTopic, klogBroker, type MeasuredBroker } from './brokers.js'
import { comparedRow, cpuOf, valuesOf } from './compared-row.js'
import { floorBroker } from './floor.js'
import { NativePrograms } from './native.js'
import { paired } from './paired.js'
import { mbPerSecond, type Row } from './table.js'

interface Load {
  readonly what: string
  readonly recordBytes: number
  readonly records: number
  readonly settings: readonly string[]
  readonly goals?: { readonly apache?: number; readonly floor?: number }
  readonly cpuGoal?: number
  /** The floor's answers know no producer ids. */
  readonly hasFloor: boolean
}

const KB = { recordBytes: 1000, records: 300_000 }
const codec = (name: string): Load => ({
  ...{ what: `${name}, 1 KB records`, ...KB, settings: [`compression.type=${name}`], hasFloor: false },
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
    hasFloor: true,
  },
  { what: '1 KB records, acks=0', ...KB, settings: ['acks=0'], hasFloor: false },
  { what: '1 KB records, idempotent', ...KB, settings: ['enable.idempotence=true'], hasFloor: false },
  ...['gzip', 'snappy', 'lz4', 'zstd'].map(codec),
]

/** Produce and consume through librdkafka, as most languages' clients do. */
export async function librdkafka(rounds: number): Promise<Row[]> {
  const programs = NativePrograms.compiled()
  if (programs === null || !programs.hasLibrdkafka()) return []
  const [klog, apache] = [await klogBroker(), await apacheBroker()]
  const rows: Row[] = []
  for (const [number, load] of LOADS.entries()) {
    const topicIn = (round: number): string => `rdk-${number}-${round}`
    const floor = load.hasFloor ? () => floorBroker(programs, topicIn(0), { batchBytes: 0, recordsPerBatch: 1 }) : null
    const bootstrap = (port: number): string => `127.0.0.1:${port}`
    const steps = {
      produce: async (broker: MeasuredBroker, round: number) => {
        // The floor serves the one topic that its answers were made for.
        const topic = topicIn(broker.name === 'floor' ? 0 : round)
        if (broker.name !== 'floor') await createTopic(broker, topic)
        const args = [bootstrap(broker.port), topic, load.records, load.recordBytes, ...load.settings]
        const { seconds, bytes } = await programs.measured('rdkafka', ['produce', ...args])
        return bytes / seconds
      },
      consume: async (broker: MeasuredBroker, round: number) => {
        if (broker.name === 'floor') return Number.NaN
        const args = [bootstrap(broker.port), topicIn(round), load.records]
        const { seconds, bytes } = await programs.measured('rdkafka', ['consume', ...args])
        return bytes / seconds
      },
    }
    const { produce, consume } = await paired({ klog, apache, floor }, rounds, steps, (broker, round) =>
      deleteTopic(broker, topicIn(round)),
    )
    const unit = (rate: number): string => mbPerSecond(rate / 1e6)
    const cpuUnit = (seconds: number): string => `${seconds.toFixed(2)} s/GB`
    const gigabytes = (load.records * load.recordBytes) / 1e9
    const cpuGoals = load.cpuGoal === undefined ? {} : { apache: load.cpuGoal }
    rows.push(
      comparedRow(
        { what: `librdkafka produces: ${load.what}`, unit, better: 'higher', ...(load.goals && { goals: load.goals }) },
        valuesOf(produce),
      ),
      comparedRow(
        { what: "… and the broker's processor time", unit: cpuUnit, better: 'lower', goals: cpuGoals },
        cpuOf(produce, gigabytes),
      ),
      comparedRow(
        { what: `librdkafka consumes: ${load.what}`, unit, better: 'higher' },
        { ...valuesOf(consume), floor: [] },
      ),
    )
  }
  await klog.stop()
  await apache?.stop()
  return rows
}
