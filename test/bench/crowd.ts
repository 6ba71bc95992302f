import { connect, type Socket } from 'node:net'
import { OffsetCommit } from '../../src/protocol/messages/offset-commit.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { asking, untilCoordinated } from './asking.js'
import { batchOf } from './batches.js'
import { administer, createTopic, klogBroker, type MeasuredBroker } from './brokers.js'
import { cpuSeconds } from './cpu.js'
import type { Figures } from './figures.js'
import { produceFrame } from './frames.js'
import { NativePrograms } from './native.js'
import { type Producing, RawLoad } from './raw-load.js'
import { type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'
import { thousands } from './units.js'

const TOPICS = 200
const PARTITIONS_EACH = 10
const GROUPS = 200
const CONNECTIONS = 1000
/** The least that Kafka takes. */
const SEGMENT_BYTES = 1024 * 1024
const SEGMENTS = 100
const REQUESTS = 100_000
const ONE = { recordBytes: 100, recordsPerBatch: 1 }

/** What a record costs beside much that lies idle, and without. */
export async function crowd(scope: Scope): Promise<Row[]> {
  const programs = NativePrograms.compiled()
  if (programs === null) return []
  const raw = new RawLoad(programs)
  const [klog, quiet] = [await klogBroker(), await klogBroker()]
  const sockets = await crowded(klog)
  const rates = { klog: [] as number[], quiet: [] as number[] }
  const seconds = { klog: [] as number[], quiet: [] as number[] }
  for (let round = 0; round <= scope.rounds; round++) {
    for (const [side, broker] of Object.entries({ klog, quiet })) {
      const topic = `busy-${round}`
      await createTopic(broker, topic, { config: { 'segment.bytes': String(SEGMENT_BYTES) } })
      if (side === 'klog') await raw.produce(broker.port, segments(topic))
      const frames = [produceFrame(topic, batchOf(ONE))]
      const before = cpuSeconds(broker.pid)
      const measured = await raw.produce(broker.port, { topic, frames, requests: REQUESTS, connections: 1, window: 64 })
      if (round === 0) continue
      rates[side as keyof typeof rates].push(REQUESTS / measured.seconds)
      seconds[side as keyof typeof rates].push((cpuSeconds(broker.pid) - before) / (REQUESTS / 1e6))
    }
  }
  for (const socket of sockets) socket.destroy()
  for (const broker of [klog, quiet]) await broker.stop()
  raw.dispose()
  return rowsOf(rates, seconds)
}

function rowsOf(rates: Figures, seconds: Figures): Row[] {
  const partitions = (TOPICS * PARTITIONS_EACH).toLocaleString('en')
  const idle = `beside ${partitions} idle partitions in ${TOPICS} topics, ${GROUPS} groups, ${CONNECTIONS} connections, ${SEGMENTS} segments`
  const cpu = (value: number): string => `${value.toFixed(2)} s/million`
  return [
    rowOf({ what: `one-record requests ${idle}`, unit: thousands, better: 'higher', goals: { quiet: 0.9 } }, rates),
    rowOf(
      { what: `processor time of one-record requests ${idle}`, unit: cpu, better: 'lower', goals: { quiet: 1.1 } },
      seconds,
    ),
  ]
}

/** The partition that is produced to has these before. */
function segments(topic: string): Producing {
  const frames = [produceFrame(topic, batchOf({ recordBytes: SEGMENT_BYTES - 1000, recordsPerBatch: 1 }))]
  return { topic, frames, requests: SEGMENTS, connections: 1, window: 4 }
}

/** Fills a broker with what does nothing, each partition with a record of its own. Returns the connections. */
async function crowded(broker: MeasuredBroker): Promise<readonly Socket[]> {
  const names = Array.from({ length: TOPICS }, (_, topic) => `idle-${topic}`)
  await administer(broker, (admin) =>
    admin.createTopics({ topics: names.map((topic) => ({ topic, numPartitions: PARTITIONS_EACH })) }),
  )
  const peer = await asking(broker)
  const records = batchOf(ONE)
  const partitionData = Array.from({ length: PARTITIONS_EACH }, (_, index) => ({ index, records }))
  for (const name of names)
    await peer.call(Produce, 9, { acks: 1, timeoutMs: 10_000, topicData: [{ name, partitionData }] })
  for (let group = 0; group < GROUPS; group++) {
    const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: '' }]
    const topics = [{ name: names[group % TOPICS]!, partitions }]
    const request = { groupId: `idle-${group}`, memberId: '', topics }
    await untilCoordinated(peer, 'group', request.groupId)
    const { errorCode } = (await peer.call(OffsetCommit, 8, request)).topics[0]!.partitions[0]!
    if (errorCode !== 0) throw new Error(`OffsetCommit: ${errorCode}`)
  }
  peer.close()
  const sockets = Array.from({ length: CONNECTIONS }, () => connect({ host: '127.0.0.1', port: broker.port }))
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
  return sockets
}
