import { EndTxn } from '../../src/protocol/messages/end-txn.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { OLD, TransactionClient } from '../support/transaction-client.js'
import { asking, secondsOf, untilCoordinated } from './asking.js'
import { batchOf } from './batches.js'
import { besideApache, createTopic, deleteTopic, type MeasuredBroker } from './brokers.js'
import { costsOf, paired, valuesOf } from './paired.js'
import { type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'
import { mbPerSecond, perSecond } from './units.js'

interface Load {
  readonly what: string
  readonly recordsPerBatch: number
  readonly batches: number
  readonly transactions: number
  readonly isCounted: boolean
}

const RECORD_BYTES = 1000
const LOADS: readonly Load[] = [
  { what: 'of one 1 KB record each', recordsPerBatch: 1, batches: 1, transactions: 300, isCounted: true },
  { what: 'of 64 batches of 16 KB each', recordsPerBatch: 16, batches: 64, transactions: 60, isCounted: false },
]
const CONCURRENT_TRANSACTIONS = 51

/** Transactions over one connection, one after the other: begun, produced to and committed. */
export async function transactions(scope: Scope): Promise<Row[]> {
  return besideApache(scope, async (brokers) => {
    const rows: Row[] = []
    for (const [number, load] of LOADS.entries()) {
      const topicIn = (round: number): string => `transactions-${number}-${round}`
      const { commit } = await paired(
        { ...brokers, floor: null },
        scope.rounds,
        {
          commit: async (broker, round) => {
            await createTopic(broker, topicIn(round))
            return measured(load, broker, topicIn(round))
          },
        },
        (broker, round) => deleteTopic(broker, topicIn(round)),
      )
      const bytes = load.transactions * load.batches * load.recordsPerBatch * RECORD_BYTES
      const costs = load.isCounted
        ? costsOf(commit, load.transactions / 1e3, 'thousand')
        : costsOf(commit, bytes / 1e9, 'GB')
      const unit = load.isCounted ? perSecond : mbPerSecond
      const what = `transactions ${load.what}`
      rows.push(rowOf({ what, unit, better: 'higher', goals: { apache: 1 }, costs }, valuesOf(commit)))
    }
    return rows
  })
}

/** Transactions, or bytes of records, per second. */
async function measured(load: Load, broker: MeasuredBroker, topic: string): Promise<number> {
  const peer = await asking(broker)
  await untilCoordinated(peer, 'transaction', topic)
  const client = await new TransactionClient(peer, topic, OLD).start()
  const { transactionalId, producerId, producerEpoch } = client
  const shape = { recordBytes: RECORD_BYTES, recordsPerBatch: load.recordsPerBatch }
  const all = Array.from({ length: load.transactions * load.batches }, (_, batch) =>
    batchOf(shape, { producerId, producerEpoch, baseSequence: batch * load.recordsPerBatch, isTransactional: true }),
  )
  const send = async (records: Buffer): Promise<void> => {
    const { responses } = await peer.call(Produce, OLD.produce, {
      ...{ transactionalId, acks: -1, timeoutMs: 10_000 },
      topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
    })
    const { errorCode } = responses[0]!.partitionResponses[0]!
    if (errorCode !== 0) throw new Error(`Produce: ${errorCode}`)
  }
  const seconds = await secondsOf(async () => {
    for (let transaction = 0; transaction < load.transactions; transaction++) {
      // The end of the last transaction may still be under way.
      while ((await client.add(topic, 0))[0] === CONCURRENT_TRANSACTIONS);
      await Promise.all(all.slice(transaction * load.batches, (transaction + 1) * load.batches).map(send))
      const request = { transactionalId, producerId, producerEpoch, committed: true }
      const { errorCode } = await peer.call(EndTxn, OLD.end, request)
      if (errorCode !== 0) throw new Error(`EndTxn: ${errorCode}`)
    }
  })
  peer.close()
  return (load.isCounted ? load.transactions : all.length * load.recordsPerBatch * RECORD_BYTES) / seconds
}
