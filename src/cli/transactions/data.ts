import type { ProducerState } from '../../client/partition-producers.js'
import type { TransactionDescription } from '../../client/transactions.js'
import { id, number, orNull, type RowIn, rows, shape, text } from '../data/shape.js'
import type { OpenTransaction } from './find-hanging.js'

const PARTITION = { topic: text('a topic'), partition: number('a partition of it') }
const PRODUCER = { producerId: id('of the producer'), producerEpoch: number('of the producer') }
const COORDINATOR_EPOCH = orNull(number('of who ended its last transaction there; null for nobody'))
const LAST_TIMESTAMP = number('of what it wrote last, milliseconds since 1970')

export const TRANSACTION_LIST = shape('list', {
  transactionalId: text('whose transaction it is'),
  coordinator: number('id of the broker that looks after it'),
  producerId: id('of the producer'),
  state: text('such as Ongoing or CompleteCommit'),
})

export const TRANSACTION = shape(
  'describe',
  {
    transactionalId: text('whose transaction it is'),
    coordinator: number('id of the broker that looks after it'),
    ...PRODUCER,
    state: text('such as Ongoing or CompleteCommit'),
    timeoutMs: number('after so long the coordinator aborts it'),
    startTimeMs: orNull(number('milliseconds since 1970; null when nothing is under way')),
    durationMs: orNull(number('since then')),
    partitions: rows('what it has written to', PARTITION),
  },
  { isSingle: true, columns: ['transactionalId', 'coordinator', 'producerId', 'state', 'durationMs', 'partitions'] },
)

export const PARTITION_PRODUCERS = shape('describe-producers', {
  ...PRODUCER,
  coordinatorEpoch: COORDINATOR_EPOCH,
  lastSequence: number('of what it wrote last'),
  lastTimestamp: LAST_TIMESTAMP,
  transactionStartOffset: orNull(number('where its open transaction begins; null without one')),
})

export const HANGING_TRANSACTIONS = shape('find-hanging', {
  ...PARTITION,
  ...PRODUCER,
  coordinatorEpoch: COORDINATOR_EPOCH,
  startOffset: orNull(number('where the transaction begins: what abort --start-offset takes')),
  lastTimestamp: LAST_TIMESTAMP,
  durationMs: number('since then'),
})

export function transactionRow(
  transactionalId: string,
  found: TransactionDescription,
  now: number,
): RowIn<typeof TRANSACTION> {
  const { coordinator, producerId, producerEpoch, state, timeoutMs, startMs } = found
  return {
    transactionalId,
    coordinator,
    producerId,
    producerEpoch,
    state,
    timeoutMs,
    startTimeMs: startMs,
    durationMs: startMs === null ? null : now - startMs,
    partitions: found.partitions.map(({ topic, partition }) => ({ topic, partition })),
  }
}

export function producerRow(producer: ProducerState): RowIn<typeof PARTITION_PRODUCERS> {
  const { producerId, producerEpoch, coordinatorEpoch, lastSequence, lastTimestamp, transactionStart } = producer
  return {
    producerId,
    producerEpoch,
    coordinatorEpoch,
    lastSequence,
    lastTimestamp,
    transactionStartOffset: transactionStart,
  }
}

export function hangingRow(
  { topic, partition, producer }: OpenTransaction,
  now: number,
): RowIn<typeof HANGING_TRANSACTIONS> {
  const { producerId, producerEpoch, coordinatorEpoch, transactionStart, lastTimestamp } = producer
  return {
    topic,
    partition,
    producerId,
    producerEpoch,
    coordinatorEpoch,
    startOffset: transactionStart,
    lastTimestamp,
    durationMs: now - lastTimestamp,
  }
}
