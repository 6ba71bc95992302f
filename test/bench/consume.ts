import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { batchOf } from './batches.js'
import { type Brokers, besideApache, createTopic, deleteTopic, type MeasuredBroker } from './brokers.js'
import { floorBroker } from './floor.js'
import { produceFrame } from './frames.js'
import { NativePrograms } from './native.js'
import { costsOf, paired, valuesOf } from './paired.js'
import { type Consuming, RawLoad } from './raw-load.js'
import { type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'
import { mbPerSecond } from './units.js'

const SHAPES = [
  { what: '1 KB records, 1 MB batches', recordBytes: 1000, recordsPerBatch: 1000, batches: 256 },
  { what: '1 KB records, 16 KB batches', recordBytes: 1000, recordsPerBatch: 16, batches: 16_000 },
] as const
type Shape = (typeof SHAPES)[number]

/** The end of the log, as much of it as consumers that keep up are behind at most. */
const TAIL_BYTES = 4e6
const TAIL_TIMES = 64
const CONSUMERS = 20

/** Fetches of one partition by a program in C: from memory, from disk, by one and by many. */
export async function consume(scope: Scope): Promise<Row[]> {
  const programs = NativePrograms.compiled()
  if (programs === null) return []
  const raw = new RawLoad(programs)
  const rows: Row[] = []
  await besideApache(scope, async (brokers) => {
    for (const [number, shape] of SHAPES.entries()) rows.push(...(await measured(shape, number, raw, brokers, scope)))
  })
  raw.dispose()
  return rows
}

async function measured(shape: Shape, number: number, raw: RawLoad, brokers: Brokers, scope: Scope): Promise<Row[]> {
  const topicIn = (round: number): string => `c${number}-${round}`
  const records = batchOf(shape)
  const { batches, recordsPerBatch } = shape
  const tailBatches = Math.floor(TAIL_BYTES / records.length)
  const all = { batchBytes: records.length, recordsPerBatch, endOffset: batches * recordsPerBatch }
  const tail = { ...all, firstOffset: (batches - tailBatches) * recordsPerBatch, times: TAIL_TIMES }
  const rate = (more: Omit<Consuming, 'topic'>) => async (broker: MeasuredBroker, round: number) => {
    const { seconds, bytes } = await raw.consume(broker.port, { topic: topicIn(round), ...more })
    return bytes / seconds
  }
  const results = await paired(
    { ...brokers, floor: () => floorBroker(raw.programs, topicIn(0), all) },
    scope.rounds,
    {
      produce: async (broker, round) => {
        const topic = topicIn(round)
        if (broker.name !== 'floor') await createTopic(broker, topic)
        const frames = [produceFrame(topic, records)]
        await raw.produce(broker.port, { topic, frames, requests: batches, connections: 1, window: 8 })
        return null
      },
      tail: rate(tail),
      cached: rate(all),
      committed: rate({ ...all, isolation: 'read_committed' }),
      many: rate({ ...tail, connections: CONSUMERS, times: TAIL_TIMES / 8 }),
      disk: (broker, round) => {
        forgetPages(broker.dataDirectory)
        return rate(all)(broker, round)
      },
    },
    (broker, round) => deleteTopic(broker, topicIn(round)),
  )
  const inTheWay =
    'nearly all of the broker’s time is the kernel’s, which reads from the page cache and writes to the socket, as for the floor; Apache Kafka has it send without reading, which Node cannot'
  const row = (
    name: 'tail' | 'cached' | 'committed' | 'many' | 'disk',
    words: string,
    bytes: number,
    goals = {},
  ): Row => {
    const costs = costsOf(results[name], bytes / 1e9, 'GB')
    return rowOf(
      { what: `consume ${words}: ${shape.what}`, unit: mbPerSecond, better: 'higher', goals, costs, inTheWay },
      valuesOf(results[name]),
    )
  }
  const bytes = batches * records.length
  const tailRead = tailBatches * records.length * TAIL_TIMES
  return [
    row('tail', 'the last 4 MB', tailRead, { apache: 1, floor: 1.2 }),
    row('cached', 'from the page cache', bytes, { apache: 1, floor: 1 }),
    row('committed', 'with read_committed', bytes, { apache: 1 }),
    row('many', `by ${CONSUMERS} consumers, the last 4 MB`, (tailRead / 8) * CONSUMERS, { apache: 1 }),
    row('disk', 'from disk', bytes, { apache: 1 }),
  ]
}

/** Has the system forget what it keeps of the files there, so that they are read from the disk. */
function forgetPages(directory: string): void {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(\.log|^log)$/.test(name),
  )
  for (const name of files) {
    const args = [`of=${join(directory, name)}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none']
    spawnSync('dd', args)
  }
}
