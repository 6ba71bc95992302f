import type { Peer } from '../../src/net/peer.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { asking, secondsOf } from './asking.js'
import { batchOf } from './batches.js'
import { besideApache, createTopic, type MeasuredBroker } from './brokers.js'
import { paired, valuesOf } from './paired.js'
import { type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'
import { ms, us } from './units.js'

const PARTITIONS = 1000
const FETCHES = 50
const RECORDS = 200
const TOPIC = 'wide'
const NO_SESSION = { sessionId: 0, sessionEpoch: -1 }
const NEW_SESSION = { sessionId: 0, sessionEpoch: 0 }

/** One consumer of many partitions: all of them at once, and one of them in a fetch session. */
export async function wideFetch(scope: Scope): Promise<Row[]> {
  const { whole, session } = await besideApache(scope, async (brokers) => {
    for (const broker of [brokers.klog, brokers.apache]) if (broker !== null) await fill(broker)
    const steps = { whole: wholeFetch, session: sessionFetch }
    return paired({ ...brokers, floor: null }, scope.rounds, steps, async () => {})
  })
  const goals = { apache: 1 }
  return [
    rowOf(
      { what: `fetch of ${PARTITIONS} partitions, a 1 KB record of each`, unit: ms, better: 'lower', goals },
      valuesOf(whole),
    ),
    rowOf(
      {
        ...{ what: `produce and fetch one record, in a fetch session of ${PARTITIONS} partitions` },
        ...{ unit: us, better: 'lower', goals },
      },
      valuesOf(session),
    ),
  ]
}

async function fill(broker: MeasuredBroker): Promise<void> {
  await createTopic(broker, TOPIC, { partitions: PARTITIONS })
  const peer = await asking(broker)
  const all = Array.from({ length: PARTITIONS }, (_, index) => index)
  await Promise.all(all.map((index) => produce(peer, index)))
  peer.close()
}

/** Returns the offset. */
async function produce(peer: Peer, index: number): Promise<number> {
  const records = batchOf({ recordBytes: 1000, recordsPerBatch: 1 })
  const { responses } = await peer.call(Produce, 9, {
    ...{ acks: 1, timeoutMs: 10_000 },
    topicData: [{ name: TOPIC, partitionData: [{ index, records }] }],
  })
  const { errorCode, baseOffset } = responses[0]!.partitionResponses[0]!
  if (errorCode !== 0) throw new Error(`Produce: ${errorCode}`)
  return baseOffset
}

/** Milliseconds for one fetch. */
async function wholeFetch(broker: MeasuredBroker): Promise<number> {
  const peer = await asking(broker)
  const seconds = await secondsOf(async () => {
    for (let fetch = 0; fetch < FETCHES; fetch++) {
      const { responses } = await fetched(peer, NO_SESSION, () => 0)
      const filled = responses[0]!.partitions.filter(({ records }) => records !== null && records.length > 0)
      if (filled.length !== PARTITIONS) throw new Error(`${filled.length} of ${PARTITIONS} partitions came`)
    }
  })
  peer.close()
  return (seconds * 1000) / FETCHES
}

/** Microseconds from producing a record to having it, when nothing is new in the other partitions. */
async function sessionFetch(broker: MeasuredBroker): Promise<number> {
  const [producer, consumer] = [await asking(broker), await asking(broker)]
  let offset = (await produce(producer, 0)) + 1
  const { sessionId } = await fetched(consumer, NEW_SESSION, (partition) => (partition === 0 ? offset : 1))
  let sessionEpoch = 1
  const next = async (): Promise<void> => {
    const partitions = [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 100_000 }]
    const answer = consumer.call(Fetch, 12, {
      ...LIMITS,
      sessionId,
      sessionEpoch,
      topics: [{ topic: TOPIC, partitions }],
    })
    sessionEpoch++
    const { responses, errorCode } = await answer
    if (errorCode !== 0 || responses[0]?.partitions[0]?.errorCode !== 0) throw new Error(`Fetch: ${errorCode}`)
    offset++
  }
  const seconds = await secondsOf(async () => {
    for (let record = 0; record < RECORDS; record++) {
      await produce(producer, 0)
      await next()
    }
  })
  producer.close()
  consumer.close()
  return (seconds * 1e6) / RECORDS
}

const LIMITS = { maxWaitMs: 5000, minBytes: 1, maxBytes: 50_000_000, forgottenTopicsData: [] }

/** From all partitions, what is there. */
async function fetched(peer: Peer, session: typeof NO_SESSION, offsetOf: (partition: number) => number) {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => ({
    ...{ partition, fetchOffset: offsetOf(partition), partitionMaxBytes: 1100 },
  }))
  const answer = await peer.call(Fetch, 12, {
    ...LIMITS,
    ...session,
    maxWaitMs: 0,
    topics: [{ topic: TOPIC, partitions }],
  })
  if (answer.errorCode !== 0) throw new Error(`Fetch: ${answer.errorCode}`)
  return answer
}
