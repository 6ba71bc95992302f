import { batchOf } from './batches.js'
import { besideApache, createTopic, deleteTopic } from './brokers.js'
import { floorBroker } from './floor.js'
import { produceFrame } from './frames.js'
import { NativePrograms } from './native.js'
import { costsOf, type Paired, paired, valuesOf } from './paired.js'
import { RawLoad } from './raw-load.js'
import { type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'
import { mbPerSecond } from './units.js'

const MEGABYTES = [1, 10, 100]
const PRODUCE_WAY =
  'four fifths of the broker’s time are the write to the page cache; of 100 MB, which no pool keeps, memory that is new for each besides'
const CONSUME_WAY =
  'the message is read into memory before it is sent; Apache Kafka has the kernel send it from the file, which Node cannot'
const BYTES_PER_ROUND = 300e6

/** One record a request, as large as Kafka takes it. */
export async function sizes(scope: Scope): Promise<Row[]> {
  const programs = NativePrograms.compiled()
  if (programs === null) return []
  const raw = new RawLoad(programs)
  const rows: Row[] = []
  await besideApache(scope, async (brokers) => {
    for (const size of MEGABYTES) {
      const topicIn = (round: number): string => `size-${size}-${round}`
      const records = batchOf({ recordBytes: size * 1e6, recordsPerBatch: 1 })
      const requests = BYTES_PER_ROUND / (size * 1e6)
      const shape = { batchBytes: records.length, recordsPerBatch: 1 }
      const { produce, consume } = await paired(
        { ...brokers, floor: () => floorBroker(programs, topicIn(0), shape) },
        scope.rounds,
        {
          produce: async (broker, round) => {
            const topic = topicIn(round)
            const config = { 'max.message.bytes': String(records.length) }
            if (broker.name !== 'floor') await createTopic(broker, topic, { config })
            const frames = [produceFrame(topic, records)]
            const { seconds } = await raw.produce(broker.port, { topic, frames, requests, connections: 1, window: 1 })
            return (requests * records.length) / seconds
          },
          consume: async (broker, round) => {
            // The floor's answers end at 8 MB, whether or not a batch does.
            if (broker.name === 'floor') return null
            const load = { topic: topicIn(round), ...shape, endOffset: requests }
            const { seconds, bytes } = await raw.consume(broker.port, load)
            return bytes / seconds
          },
        },
        (broker, round) => deleteTopic(broker, topicIn(round)),
      )
      const row = (what: string, figures: Paired, inTheWay: string): Row => {
        const costs = costsOf(figures, (requests * records.length) / 1e9, 'GB')
        return rowOf(
          { what, unit: mbPerSecond, better: 'higher', goals: { apache: 1 }, costs, inTheWay },
          valuesOf(figures),
        )
      }
      rows.push(
        row(`produce messages of ${size} MB`, produce, PRODUCE_WAY),
        row(`consume messages of ${size} MB`, consume, CONSUME_WAY),
      )
    }
  })
  raw.dispose()
  return rows
}
