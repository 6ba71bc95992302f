import type { Peer } from '../../src/net/peer.js'
import { CreateTopics } from '../../src/protocol/messages/create-topics.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { asking, secondsOf } from './asking.js'
import { batchOf } from './batches.js'
import { besideApache } from './brokers.js'
import { paired, valuesOf } from './paired.js'
import { type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'
import { ms } from './units.js'

const TOPICS = 20
const MS_GOAL = 5
/** A broker may say that it has created a topic before it can be produced to. */
const NOT_YET = [3, 5, 6]

/** A topic is created and a record is produced to it, over one connection that is there. */
export async function firstProduce(scope: Scope): Promise<Row[]> {
  const { first } = await besideApache(scope, (brokers) =>
    paired(
      { ...brokers, floor: null },
      scope.rounds,
      {
        first: async (broker, round) => {
          const peer = await asking(broker)
          const seconds = await secondsOf(async () => {
            for (let topic = 0; topic < TOPICS; topic++) await createAndProduce(peer, `first-${round}-${topic}`)
          })
          peer.close()
          return (seconds * 1000) / TOPICS
        },
      },
      async () => {},
    ),
  )
  const goals = { klog: MS_GOAL, apache: 1 }
  return [rowOf({ what: 'create a topic, first produce to it', unit: ms, better: 'lower', goals }, valuesOf(first))]
}

async function createAndProduce(peer: Peer, name: string): Promise<void> {
  const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  const { topics } = await peer.call(CreateTopics, 6, { topics: [topic], timeoutMs: 10_000, validateOnly: false })
  if (topics[0]!.errorCode !== 0) throw new Error(`CreateTopics: ${topics[0]!.errorCode}`)
  const records = batchOf({ recordBytes: 100, recordsPerBatch: 1 })
  for (;;) {
    const { responses } = await peer.call(Produce, 9, {
      ...{ acks: 1, timeoutMs: 10_000 },
      topicData: [{ name, partitionData: [{ index: 0, records }] }],
    })
    const { errorCode } = responses[0]!.partitionResponses[0]!
    if (errorCode === 0) return
    if (!NOT_YET.includes(errorCode)) throw new Error(`Produce: ${errorCode}`)
  }
}
