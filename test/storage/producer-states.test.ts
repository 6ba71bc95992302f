import { describe, expect, test } from 'vitest'
import { RecordBatch } from '../../src/records/batch.js'
import { buildEndTransactionMarker } from '../../src/records/control.js'
import { type AppendOrigin, type ProducerRules, ProducerStates } from '../../src/storage/producer-states.js'
import type { AbortedTransaction } from '../../src/storage/transaction-index.js'
import { aBatch, type BatchShape, NOW } from './a-log.js'

const PRODUCER = 7n
const SEQUENCE_MAX = 2 ** 31 - 1

/** A log without a file: checks, then gives offsets and applies. */
class Partition {
  readonly states = new ProducerStates()
  nextOffset = 0

  append(shape: BatchShape, origin: AppendOrigin = 'client', rules: Partial<ProducerRules> = {}): string | number {
    const bytes = aBatch({ producerId: PRODUCER, producerEpoch: 0, baseSequence: 0, ...shape })
    return this.#append(new RecordBatch(bytes), { origin, ...rules })
  }

  marker(type: 'ABORT' | 'COMMIT', shape: { epoch?: number; coordinatorEpoch?: number; producerId?: bigint } = {}) {
    const { epoch = 0, coordinatorEpoch = 0, producerId = PRODUCER } = shape
    const input = { type, producerId, producerEpoch: epoch, coordinatorEpoch, timestamp: NOW }
    return this.#append(new RecordBatch(buildEndTransactionMarker(input)), { origin: 'coordinator' })
  }

  aborted: AbortedTransaction | null = null

  #append(batch: RecordBatch, rules: ProducerRules): string | number {
    const verdict = this.states.check(batch, rules)
    if (verdict.kind === 'refused') return verdict.error
    if (verdict.kind === 'repeated') return `repeats ${verdict.batch.lastOffset - verdict.batch.offsetDelta}`
    batch.setBaseOffset(this.nextOffset)
    this.aborted = this.states.apply(batch)
    this.nextOffset = batch.nextOffset
    return batch.baseOffset
  }
}

describe('sequences of an idempotent producer', () => {
  test('batches that follow on each other are appended', () => {
    const partition = new Partition()
    expect(partition.append({ count: 3, baseSequence: 0 })).toBe(0)
    expect(partition.append({ count: 2, baseSequence: 3 })).toBe(3)
    expect(partition.append({ count: 1, baseSequence: 5 })).toBe(5)
  })

  test('a gap or a step back is out of order', () => {
    const partition = new Partition()
    partition.append({ count: 3, baseSequence: 0 })
    expect(partition.append({ baseSequence: 4 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(partition.append({ baseSequence: 1 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
  })

  test('a producer that is not known may begin with any sequence', () => {
    expect(new Partition().append({ baseSequence: 4711 })).toBe(0)
  })

  test('with transactions of version 2 it may not: its first sequence is 0', () => {
    const strict = { firstSequenceIsZero: true }
    const partition = new Partition()
    expect(partition.append({ baseSequence: 1, isTransactional: true }, 'client', strict)).toBe(
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
    )
    expect(partition.append({ baseSequence: 0, isTransactional: true }, 'client', strict)).toBe(0)
  })

  test('a repeat of one of the last five batches is answered with its first offset, an older one is out of order', () => {
    const partition = new Partition()
    for (let i = 0; i < 6; i++) partition.append({ count: 2, baseSequence: 2 * i })
    for (let i = 1; i < 6; i++) expect(partition.append({ count: 2, baseSequence: 2 * i })).toBe(`repeats ${2 * i}`)
    expect(partition.append({ count: 2, baseSequence: 0 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(partition.nextOffset).toBe(12)
  })

  test('a batch that begins like an old one and ends elsewhere is no repeat', () => {
    const partition = new Partition()
    partition.append({ count: 3, baseSequence: 0 })
    expect(partition.append({ count: 2, baseSequence: 0 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
  })

  test('after 2147483647 comes 0, inside a batch and between batches, and a repeat across it is known again', () => {
    const partition = new Partition()
    partition.append({ count: 1, baseSequence: SEQUENCE_MAX - 2 })
    expect(partition.append({ count: 4, baseSequence: SEQUENCE_MAX - 1 })).toBe(1)
    expect(partition.states.find(PRODUCER)!.lastSequence).toBe(1)
    expect(partition.append({ count: 4, baseSequence: SEQUENCE_MAX - 1 })).toBe('repeats 1')
    expect(partition.append({ baseSequence: 2 })).toBe(5)
    const atTheEdge = new Partition()
    atTheEdge.append({ baseSequence: SEQUENCE_MAX })
    expect(atTheEdge.append({ baseSequence: 0 })).toBe(1)
  })

  test('an older epoch is refused, a newer one begins with sequence 0 and with an empty window', () => {
    const partition = new Partition()
    partition.append({ producerEpoch: 1 })
    expect(partition.append({ producerEpoch: 0, baseSequence: 1 })).toBe('INVALID_PRODUCER_EPOCH')
    expect(partition.append({ producerEpoch: 2, baseSequence: 1 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(partition.append({ producerEpoch: 2, baseSequence: 0 })).toBe(1)
    expect(partition.states.find(PRODUCER)!.window).toHaveLength(1)
    expect(partition.append({ producerEpoch: 1, baseSequence: 0 })).toBe('INVALID_PRODUCER_EPOCH')
  })

  test('an epoch below that of a producer that has none is refused, whoever is asked for it', () => {
    const partition = new Partition()
    expect(partition.append({ producerEpoch: -2 })).toBe('INVALID_PRODUCER_EPOCH')
    expect(partition.append({ producerEpoch: -1 })).toBe(0)
    expect(partition.append({ producerEpoch: -2, baseSequence: 1 })).toBe('INVALID_PRODUCER_EPOCH')
  })

  test('producers do not disturb each other, and batches without one are not looked at', () => {
    const partition = new Partition()
    partition.append({ producerId: 1n })
    partition.append({ producerId: 2n })
    partition.append({ producerId: -1n, producerEpoch: -1, baseSequence: -1 })
    expect(partition.append({ producerId: 1n, baseSequence: 1 })).toBe(3)
    expect(partition.append({ producerId: 2n, baseSequence: 1 })).toBe(4)
    expect(partition.states.size).toBe(2)
  })

  test('what a leader sent is taken as it is', () => {
    const partition = new Partition()
    partition.append({ producerEpoch: 5 })
    expect(partition.append({ producerEpoch: 3, baseSequence: 99 }, 'replication')).toBe(1)
    expect(partition.states.find(PRODUCER)).toMatchObject({ epoch: 3, lastSequence: 99 })
  })

  test('what a coordinator writes carries no sequences, but its epoch counts', () => {
    const partition = new Partition()
    const commit = { baseSequence: -1, isTransactional: true }
    expect(partition.append({ ...commit, producerEpoch: 1 }, 'coordinator')).toBe(0)
    expect(partition.append({ ...commit, producerEpoch: 1 }, 'coordinator')).toBe(1)
    expect(partition.append({ ...commit, producerEpoch: 0 }, 'coordinator')).toBe('INVALID_PRODUCER_EPOCH')
  })
})

describe('transactions of a partition', () => {
  test('the first batch opens one and holds the last stable offset back until the marker is below the high watermark', () => {
    const open = new Partition()
    open.append({ producerId: 1n })
    open.append({ count: 2, isTransactional: true })
    open.append({ baseSequence: 2, isTransactional: true })
    expect(open.states.transactions.firstUnstableOffset).toBe(1)
    open.marker('COMMIT')
    expect(open.states.transactions.firstUnstableOffset).toBe(1)
    open.states.transactions.forgetEndedBefore(4)
    expect(open.states.transactions.firstUnstableOffset).toBe(1)
    open.states.transactions.forgetEndedBefore(5)
    expect(open.states.transactions.firstUnstableOffset).toBeNull()
  })

  test('the earliest open one counts, however many end after it', () => {
    const partition = new Partition()
    partition.append({ producerId: 1n, isTransactional: true })
    partition.append({ producerId: 2n, isTransactional: true })
    partition.marker('COMMIT', { producerId: 2n })
    partition.states.transactions.forgetEndedBefore(3)
    expect(partition.states.transactions.firstUnstableOffset).toBe(0)
    partition.marker('COMMIT', { producerId: 1n })
    partition.states.transactions.forgetEndedBefore(4)
    expect(partition.states.transactions.firstUnstableOffset).toBeNull()
  })

  test('an abort names the range, and the last stable offset as it is then', () => {
    const partition = new Partition()
    partition.append({ producerId: 1n, isTransactional: true })
    partition.append({ producerId: 2n, isTransactional: true })
    partition.marker('ABORT', { producerId: 2n })
    expect(partition.aborted).toEqual({ producerId: 2n, firstOffset: 1, lastOffset: 2, lastStableOffset: 0 })
    partition.marker('ABORT', { producerId: 1n })
    expect(partition.aborted).toEqual({ producerId: 1n, firstOffset: 0, lastOffset: 3, lastStableOffset: 4 })
  })

  test('a commit aborts nothing, and so does a marker of a producer that has nothing open', () => {
    const partition = new Partition()
    expect(partition.marker('ABORT')).toBe(0)
    expect(partition.aborted).toBeNull()
    partition.append({ isTransactional: true })
    partition.marker('COMMIT')
    expect(partition.aborted).toBeNull()
  })

  test('a batch without transaction is refused while one is open, and taken afterwards', () => {
    const partition = new Partition()
    partition.append({ isTransactional: true })
    expect(partition.append({ baseSequence: 1 })).toBe('INVALID_TXN_STATE')
    partition.marker('COMMIT')
    expect(partition.append({ baseSequence: 1 })).toBe(2)
  })

  test('a marker with an older producer epoch is refused, with the same or a newer one it counts', () => {
    const partition = new Partition()
    partition.append({ producerEpoch: 2, isTransactional: true })
    expect(partition.marker('COMMIT', { epoch: 1 })).toBe('INVALID_PRODUCER_EPOCH')
    expect(partition.marker('COMMIT', { epoch: 2 })).toBe(1)
    expect(partition.marker('COMMIT', { epoch: 4 })).toBe(2)
  })

  test('a marker that raises the epoch lets the next batch begin with sequence 0 only', () => {
    const partition = new Partition()
    partition.append({ count: 3, isTransactional: true })
    partition.marker('COMMIT', { epoch: 1 })
    expect(partition.append({ producerEpoch: 0, baseSequence: 3, isTransactional: true })).toBe(
      'INVALID_PRODUCER_EPOCH',
    )
    expect(partition.append({ producerEpoch: 1, baseSequence: 3, isTransactional: true })).toBe(
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
    )
    expect(partition.append({ producerEpoch: 1, baseSequence: 0, isTransactional: true })).toBe(4)
  })

  test('a marker of a coordinator that has been replaced is refused', () => {
    const partition = new Partition()
    partition.append({ isTransactional: true })
    partition.marker('COMMIT', { coordinatorEpoch: 3 })
    expect(partition.marker('ABORT', { coordinatorEpoch: 2 })).toBe('TRANSACTION_COORDINATOR_FENCED')
    expect(partition.marker('ABORT', { coordinatorEpoch: 3 })).toBe(2)
  })
})

describe('forgetting producers', () => {
  const DAY_MS = 86_400_000

  test('one that has been idle for long enough goes, one with an open transaction never', () => {
    const partition = new Partition()
    partition.append({ producerId: 1n })
    partition.append({ producerId: 2n, isTransactional: true })
    partition.states.expire(NOW + DAY_MS - 1, DAY_MS)
    expect(partition.states.size).toBe(2)
    partition.states.expire(NOW + DAY_MS, DAY_MS)
    expect([...partition.states.all()].map((state) => state.producerId)).toEqual([2n])
    expect(partition.append({ producerId: 1n, baseSequence: 17 })).toBe(2)
  })
})
